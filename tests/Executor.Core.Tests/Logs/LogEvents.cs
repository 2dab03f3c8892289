using System.Text;
using System.Text.Json;
using Executor.Core.Logs;
using Executor.Core.Logs.Lines;
using NLog;

namespace Executor.Core.Tests.Logs;

/// <summary>What lines become.</summary>
internal static class LogEvents
{
    /// <summary>2026-11-27T05:15:13.250Z</summary>
    public const long Arrived = 1795756513250;

    public static Logger Log { get; } = LogManager.GetLogger("test");

    public static LogPlan Plan { get; } = new() { Mode = LogMode.Ship, Format = LogFormat.Auto };

    public static string Encode(string line, LogFormat format = LogFormat.Auto, LogPlan? plan = null, LogCounts? counts = null) =>
        Encode(Encoding.UTF8.GetBytes(line), format, plan, counts);

    public static string Encode(byte[] line, LogFormat format = LogFormat.Auto, LogPlan? plan = null, LogCounts? counts = null)
    {
        var output = new ByteBuffer();
        Encoder(format, plan, counts).Write(output, line, Arrived, cut: false);
        return Encoding.UTF8.GetString(output.Written);
    }

    public static EventEncoder Encoder(LogFormat format, LogPlan? plan = null, LogCounts? counts = null, params string[] own) => new(
        plan ?? Plan, format,
        new OwnFields([new("task", "\"t1\""), new("host", "\"h\""), .. own.Select(name => KeyValuePair.Create(name, "\"ours\""))]),
        counts ?? new LogCounts());

    /// <summary>The fields as they are in an event, those that are there twice, too.</summary>
    public static string[] NamesOf(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateObject().Select(field => field.Name)];
    }
}
