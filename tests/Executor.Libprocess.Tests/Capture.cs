using System.Globalization;
using Executor.Core.Ports;
using Executor.Libprocess.Wire;
using Google.Protobuf;
using Mesos.Internal;

namespace Executor.Libprocess.Tests;

/// <summary>One message of a real agent and a real libmesos driver, from the folder beside these tests.</summary>
internal sealed record Capture
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "captures");

    /// <summary>All captured messages, by conversation and in the order of the wire.</summary>
    public static IReadOnlyList<Capture> All { get; } =
        [.. Directory.GetDirectories(Folder).Order(StringComparer.Ordinal).SelectMany(ReadFolder)];

    public static IEnumerable<string> Conversations => All.Select(c => c.Conversation).Distinct();

    public required string Conversation { get; init; }

    public required string File { get; init; }

    public required bool FromAgent { get; init; }

    /// <summary>The full protobuf name.</summary>
    public required string Name { get; init; }

    public required Upid From { get; init; }

    public required Upid To { get; init; }

    public required byte[] Body { get; init; }

    /// <summary>What went over TCP: head and chunks.</summary>
    public required byte[] Raw { get; init; }

    public static IReadOnlyList<Capture> Of(string conversation) => [.. All.Where(c => c.Conversation == conversation)];

    public IMessage Parse() => MessagesReflection.Descriptor.MessageTypes.Single(d => d.FullName == Name).Parser.ParseFrom(Body);

    public T Parse<T>() where T : IMessage => (T)Parse();

    public override string ToString() => $"{Conversation}/{File}";

    private static IEnumerable<Capture> ReadFolder(string folder) =>
        Directory.GetFiles(folder, "0*.txt").Order(StringComparer.Ordinal).Select(Read);

    private static Capture Read(string path)
    {
        var lines = System.IO.File.ReadAllLines(path);
        var tcp = Header("tcp").Split(' ');
        return new Capture
        {
            Conversation = Path.GetFileName(Path.GetDirectoryName(path))!,
            File = Path.GetFileNameWithoutExtension(path),
            FromAgent = Header("direction") == "agent->executor",
            Name = Header("message"),
            From = Upid.TryParse(Header("from"), out var from) ? from : throw new FormatException(path),
            To = Upid.TryParse($"{Header("to")}@{tcp[2]}", out var to) ? to : throw new FormatException(path),
            Body = Hex("--- body ("),
            Raw = Hex("--- raw TCP bytes ("),
        };

        string Header(string name) =>
            lines.First(l => l.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];

        byte[] Hex(string title)
        {
            var start = Array.FindIndex(lines, l => l.StartsWith(title, StringComparison.Ordinal));
            var announced = lines[start][title.Length..].Split(' ', ')')[0];
            var bytes = Convert.FromHexString(string.Concat(
                lines.Skip(start + 1).TakeWhile(l => !l.StartsWith("---", StringComparison.Ordinal))));
            return bytes.Length == int.Parse(announced, CultureInfo.InvariantCulture)
                ? bytes
                : throw new FormatException(path);
        }
    }
}
