using System.Globalization;

namespace Executor.Core.Ports;

/// <summary>Linux signal numbers as people read them.</summary>
public static class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;

    private static readonly string[] Names =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1",
        "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP",
        "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR",
        "SIGSYS",
    ];

    /// <summary>E.g. <c>SIGKILL (9)</c>; a real-time signal is a bare number.</summary>
    public static string Name(int signal) => signal > 0 && signal < Names.Length
        ? string.Create(CultureInfo.InvariantCulture, $"{Names[signal]} ({signal})")
        : signal.ToString(CultureInfo.InvariantCulture);
}
