using Executor.Core.Ports;

namespace Executor.Core.Processes;

/// <summary>The texts for a program that could not be started. They name no value of the environment.</summary>
internal static class StartErrors
{
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
    }

    public static ProcessStartException From(SupervisorReport.Failed failed, ProcessDescription description)
    {
        var reason = Errno.Describe(failed.Errno);
        var program = description.Program;
        return failed.Step switch
        {
            StartStep.Directory => New(
                "directory", failed.Errno, $"cannot enter \"{description.WorkingDirectory}\": {reason}"),
            StartStep.Exec => New(
                "exec", failed.Errno, $"cannot run \"{program}\": {reason}{Hint(failed.Errno, program, description)}"),
            StartStep.Session => New("session", failed.Errno, $"cannot make a session for \"{program}\": {reason}"),
            _ => New("supervisor", failed.Errno, $"the supervisor cannot start \"{program}\": {reason}"),
        };
    }

    public static ProcessStartException SupervisorMissing(string path, int errno) =>
        New("supervisor", errno, $"cannot run the supervisor \"{path}\": {Errno.Describe(errno)}");

    public static ProcessStartException SupervisorEnded(string path, ProcessExit? exit)
    {
        var how = exit switch
        {
            { Signal: { } signal } => $" by signal {signal}",
            { Code: { } code } => $" with exit code {code}",
            _ => "",
        };
        return New("supervisor", 0, $"the supervisor \"{path}\" ended{how} before it had started the program");
    }

    // The kernel answers ENOENT for a script's interpreter and for a program's loader, too, and the plain text would
    // send people looking for a file that is there.
    private static string Hint(int errno, string program, ProcessDescription description) =>
        errno == Errno.NotFound && program.Contains('/')
        && File.Exists(Path.Combine(description.WorkingDirectory, program))
            ? "; it is there, so its interpreter is missing"
            : "";

    private static string Shown(string text) => text.Replace("\0", "\\0", StringComparison.Ordinal);

    private static ProcessStartException New(string step, int errno, string message) => new(step, errno, message);
}
