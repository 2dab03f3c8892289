using Executor.Core.Ports;
using static System.FormattableString;

namespace Executor.Core.Lifecycle;

/// <summary>How a command ended, for people.</summary>
internal static class ExitText
{
    /// <summary>For instance <c>the command exited with status 3</c>.</summary>
    public static string Describe(ProcessExit exit) => exit switch
    {
        { Lost: { } lost } => $"how the command ended is unknown: its supervisor {lost}, and its processes were killed",
        { Signal: { } signal } =>
            $"the command was ended by signal {Signals.Name(signal)}{(exit.CoreDumped ? ", core dumped" : "")}",
        _ => Invariant($"the command exited with status {exit.Code}"),
    };

    /// <summary>In one word, for counting: <c>exited</c>, <c>signalled</c>, <c>unknown</c>, or <c>none</c> where nothing was started.</summary>
    public static string Kind(ProcessExit? exit) => exit switch
    {
        null => "none",
        { Lost: not null } => "unknown",
        { Signal: not null } => "signalled",
        _ => "exited",
    };

    /// <summary>For instance <c> (user 0.12 s, system 0.03 s, peak 14.2 MiB)</c>; empty where nothing is known.</summary>
    public static string Describe(ResourceUsage? usage) => usage is null
        ? ""
        : Invariant($" (user {usage.UserTime.TotalSeconds:0.00} s, system {usage.SystemTime.TotalSeconds:0.00} s, peak {usage.PeakMemory / 1048576.0:0.0} MiB)");
}
