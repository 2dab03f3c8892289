using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Mesos;

namespace Executor.Core.Lifecycle;

/// <summary>What a task runs, and where that was found.</summary>
/// <param name="Program">The file to execute; looked up in the task's PATH when it has no slash.</param>
/// <param name="Arguments">The argument vector, its first element included.</param>
/// <param name="Environment">Variables that came with the command; they win over inherited ones.</param>
/// <param name="Origin">For the log: which of the places the command came from.</param>
public sealed record TaskCommand(
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string Origin)
{
    /// <summary>
    /// Who to run as, from the command itself or else from the executor's, where it names the user that the agent has
    /// switched to already unless it does not switch; null is this process's own user.
    /// </summary>
    public string? User { get; init; }

    /// <summary>The names of the variables that the app's definition gives, with its command or its executor's.</summary>
    public IReadOnlySet<string> AppVariables { get; init; } = new HashSet<string>();

    private const string Chmod = "chmod ug+rx '";
    private const string Exec = "' && exec '";

    /// <summary>
    /// Finds the command of a task. A task with an executor of its own never has <c>TaskInfo.command</c> (the master
    /// refuses both), so it is looked for behind Marathon's prefix in the executor's command, then in
    /// <c>TaskInfo.data</c>, then in this executor's own arguments.
    /// </summary>
    /// <param name="ownArguments">The arguments that this executor was started with.</param>
    /// <returns>False when there is none: the task is in error.</returns>
    public static bool TryResolve(
        TaskInfo task, ExecutorInfo executor, IReadOnlyList<string> ownArguments,
        [NotNullWhen(true)] out TaskCommand? command)
    {
        var own = task.Executor?.Command ?? executor.Command;
        command = FromMarathon(own) ?? FromData(task.Data) ?? FromOwnArguments(ownArguments);
        if (command is null) return false;
        if (command.User is null && own is { User.Length: > 0 }) command = command with { User = own.User };
        command = command with
        {
            AppVariables = command.Environment.Keys
                .Concat((own?.Environment?.Variables ?? []).Select(variable => variable.Name))
                .ToHashSet(StringComparer.Ordinal),
        };
        return true;
    }

    /// <summary>
    /// Marathon hands over <c>chmod ug+rx 'PATH' &amp;&amp; exec 'PATH' CMD</c>. By then the shell has already expanded
    /// CMD into our arguments, quotes and all, so the text is taken, not the arguments.
    /// </summary>
    private static TaskCommand? FromMarathon(CommandInfo? info)
    {
        if (info is null || !TryStripPrefix(info.Value, out var rest)) return null;
        const string origin = "the app's cmd";

        // Marathon leaves shell=false and the arguments in place for an app with args.
        if (!info.Shell && info.Arguments.Count > 0) return Argv(info.Arguments[0], info.Arguments, None, origin);
        return rest.Length == 0 ? null : Shell(rest, None, origin);
    }

    /// <summary>The path may hold anything, quotes and the words between included, so both ends have to agree.</summary>
    private static bool TryStripPrefix(string value, out string rest)
    {
        rest = "";
        if (!value.StartsWith(Chmod, StringComparison.Ordinal)) return false;
        for (var middle = value.IndexOf(Exec, Chmod.Length, StringComparison.Ordinal);
             middle >= 0;
             middle = value.IndexOf(Exec, middle + 1, StringComparison.Ordinal))
        {
            var path = value.AsSpan(Chmod.Length, middle - Chmod.Length);
            var tail = value.AsSpan(middle + Exec.Length);
            if (!tail.StartsWith(path, StringComparison.Ordinal)) continue;
            tail = tail[path.Length..];
            if (tail is not ['\''] and not ['\'', ' ', ..]) continue;
            rest = tail[1..].Trim().ToString();
            return true;
        }

        return false;
    }

    private static TaskCommand? FromData(ByteString data)
    {
        if (data.IsEmpty) return null;
        var info = ParseData(data);
        if (info is null) return null;
        const string origin = "TaskInfo.data";

        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in info.Environment?.Variables ?? []) environment[variable.Name] = variable.Value;
        var user = info.User.Length > 0 ? info.User : null;
        if (info.Shell)
            return info.Value.Length == 0 ? null : Shell(info.Value, environment, origin) with { User = user };
        var program = info.HasValue ? info.Value : info.Arguments.FirstOrDefault("");
        if (program.Length == 0) return null;
        var arguments = info.Arguments.Count > 0 ? (IEnumerable<string>)info.Arguments : [program];
        return Argv(program, arguments, environment, origin) with { User = user };
    }

    /// <summary>Frameworks put anything into data, so what is no CommandInfo is simply not a command.</summary>
    private static CommandInfo? ParseData(ByteString data)
    {
        try
        {
            return data.Span.TrimStart(" \t\r\n"u8) is [(byte)'{', ..]
                ? new JsonParser(JsonParser.Settings.Default.WithIgnoreUnknownFields(true))
                    .Parse<CommandInfo>(data.ToStringUtf8())
                : CommandInfo.Parser.ParseFrom(data);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static TaskCommand? FromOwnArguments(IReadOnlyList<string> arguments) =>
        arguments.Count == 0 ? null : Argv(arguments[0], arguments, None, "the executor's own arguments");

    private static TaskCommand Shell(string text, IReadOnlyDictionary<string, string> environment, string origin) =>
        new("/bin/sh", ["sh", "-c", text], environment, origin);

    private static TaskCommand Argv(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string origin) =>
        new(program, [.. arguments], environment, origin);

    private static readonly Dictionary<string, string> None = [];
}
