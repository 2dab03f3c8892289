using System.Globalization;
using Executor.Core.Ports;

namespace Executor.Core.Lifecycle;

/// <summary>How a command ended, for people.</summary>
internal static class ExitText
{
    /// <summary>For instance <c>the command exited with status 3 (user 0.12 s, system 0.03 s, peak 14.2 MiB)</c>.</summary>
    public static string Describe(ProcessExit exit) => How(exit) + Usage(exit);

    private static string How(ProcessExit exit) => exit switch
    {
        { Lost: { } lost } => $"how the command ended is unknown: its supervisor {lost}, and its processes were killed",
        { Signal: { } signal } =>
            $"the command was ended by signal {Signals.Name(signal)}{(exit.CoreDumped ? ", core dumped" : "")}",
        _ => Format($"the command exited with status {exit.Code}"),
    };

    private static string Usage(ProcessExit exit) => exit.PeakMemory == 0
        ? ""
        : Format($" (user {exit.UserTime.TotalSeconds:0.00} s, system {exit.SystemTime.TotalSeconds:0.00} s, peak {exit.PeakMemory / 1048576.0:0.0} MiB)");

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
