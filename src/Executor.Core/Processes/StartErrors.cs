using System.Globalization;
using Executor.Core.Ports;

namespace Executor.Core.Processes;

/// <summary>The texts for a program that could not be started. They name no value of the environment.</summary>
internal static class StartErrors
{
    /// <summary>ENOSYS, by which the supervisor says that it cannot see processes.</summary>
    private const int NoProc = 38;

    /// <summary>Checks what cannot be said to the kernel at all.</summary>
    /// <exception cref="ProcessStartException">It cannot.</exception>
    public static void RefuseWhatNoProgramCanGet(ProcessDescription description)
    {
        if (description.Program.Length == 0 || description.Arguments.Count == 0)
            throw New("exec", 0, "cannot run a program without a name");
        if (description.Program.Contains('\0'))
            throw New("exec", 0, $"cannot run \"{Shown(description.Program)}\": its name contains a NUL");
        for (var i = 0; i < description.Arguments.Count; i++)
        {
            if (description.Arguments[i].Contains('\0'))
                throw New("exec", 0, $"cannot run \"{Shown(description.Program)}\": argument {i} contains a NUL");
        }

        foreach (var (name, value) in description.Environment)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0'))
                throw New("exec", 0, $"environment variable \"{Shown(name)}\": a name is not empty, without = and NUL");
            if (value.Contains('\0')) throw New("exec", 0, $"environment variable \"{name}\": the value contains a NUL");
        }

        if (description.WorkingDirectory.Contains('\0'))
            throw New("directory", 0, $"cannot enter \"{Shown(description.WorkingDirectory)}\": it contains a NUL");
        if (description.Limits.FirstOrDefault(l => l.Number < 0) is { } limit)
            throw New("limit", 0, $"cannot set the limit \"{Shown(limit.Name)}\": there is none of that name");
    }

    public static ProcessStartException From(SupervisorReport.Failed failed, ProcessDescription description)
    {
        var reason = Errno.Describe(failed.Errno);
        var program = description.Program;
        return failed.Step switch
        {
            StartStep.Directory => New(
                "directory", failed.Errno, $"cannot enter \"{description.WorkingDirectory}\"{As(description)}: {reason}"),
            StartStep.User => User(description.User ?? "", failed.Errno, reason + OnlyRoot(failed.Errno)),
            StartStep.Limit => New(
                "limit", failed.Errno,
                $"cannot set the limit {LimitOf(failed.Detail, description)}: {reason}{Raising(failed.Errno)}"),
            StartStep.OomScore => New(
                "oom_score_adj", failed.Errno,
                $"cannot set oom_score_adj to {description.OomScoreAdjustment}: {reason}"),
            StartStep.Ended => New("exec", 0, $"\"{program}\" {Ended(failed.Detail)} before it could run"),
            StartStep.Exec => New(
                "exec", failed.Errno, $"cannot run \"{program}\": {reason}{Hint(failed.Errno, program, description)}"),
            StartStep.Session => New("session", failed.Errno, $"cannot make a session for \"{program}\": {reason}"),
            StartStep.Supervisor when failed.Errno == NoProc => New(
                "supervisor", failed.Errno,
                $"the supervisor cannot start \"{program}\": /proc is not mounted, or is that of another pid namespace"),
            _ => New("supervisor", failed.Errno, $"the supervisor cannot start \"{program}\": {reason}"),
        };
    }

    public static ProcessStartException SupervisorMissing(string path, int errno) =>
        New("supervisor", errno, $"cannot run the supervisor \"{path}\": {Errno.Describe(errno)}");

    public static ProcessStartException SupervisorEnded(string path, ProcessExit? exit) =>
        New("supervisor", 0, $"the supervisor \"{path}\" {HowEnded(exit)} before it had started the program");

    /// <summary>Anything about the user that was asked for.</summary>
    public static ProcessStartException User(string name, int errno, string reason) =>
        New("user", errno, $"cannot run as user \"{name}\": {reason}");

    /// <summary>A phrase about how a process ended; null is not known.</summary>
    public static string HowEnded(ProcessExit? exit) => exit switch
    {
        { Signal: { } signal } => $"was ended by signal {Signals.Name(signal)}",
        { Code: { } code } => string.Create(CultureInfo.InvariantCulture, $"exited with status {code}"),
        _ => "ended",
    };

    private static string Ended(int status) => HowEnded(SupervisorFrames.DecodeStatus(status));

    private static string As(ProcessDescription description) =>
        description.User is { } user ? $" as user \"{user}\"" : "";

    private static string LimitOf(int number, ProcessDescription description) =>
        description.Limits.FirstOrDefault(l => l.Number == number)?.ToString() ?? ResourceLimit.NameOf(number);

    private static string OnlyRoot(int errno) =>
        errno == Errno.NotPermitted ? $"; the executor runs as user {Account.Current()}, and only root may switch" : "";

    private static string Raising(int errno) =>
        errno == Errno.NotPermitted ? "; raising a hard limit takes root, with CAP_SYS_RESOURCE; and nofile never goes above fs.nr_open" : "";

    // The kernel answers ENOENT for a script's interpreter and for a program's loader, too, and the plain text would
    // send people looking for a file that is there.
    private static string Hint(int errno, string program, ProcessDescription description) =>
        errno == Errno.NotFound && program.Contains('/')
        && File.Exists(Path.Combine(description.WorkingDirectory, program))
            ? "; it is there, so its interpreter is missing"
            : errno switch
            {
                Errno.TooBig => $": {ExecLimits.Explain(description)}",
                Errno.Again => "; the user has as many processes as the limit nproc allows",
                _ => "",
            };

    private static string Shown(string text) => text.Replace("\0", "\\0", StringComparison.Ordinal);

    private static ProcessStartException New(string step, int errno, string message) => new(step, errno, message);
}
