namespace Executor.EndToEnd.Tests;

/// <summary>The ways to the agent: every test of the executor as a whole runs through each.</summary>
public enum DriverKind
{
    Managed,

    /// <summary>The bridge and a stand-in for libmesos 1.11, built with C++11 strings.</summary>
    LibmesosNew,

    /// <summary>The bridge and a stand-in for libmesos 0.28, built with copy-on-write strings.</summary>
    LibmesosOld,
}

internal static class DriverKinds
{
    /// <summary>What the executor needs in its environment to take this way.</summary>
    public static Dictionary<string, string> Settings(this DriverKind driver) => driver switch
    {
        DriverKind.Managed => new() { ["EXECUTOR_DRIVER"] = "managed" },
        DriverKind.LibmesosNew => Libmesos("new"),
        _ => Libmesos("old"),
    };

    /// <summary>An agent and its libmesos are of one release.</summary>
    public static Version AgentVersion(this DriverKind driver) => driver switch
    {
        DriverKind.Managed => new(1, 3),
        DriverKind.LibmesosNew => new(1, 11),
        _ => new(0, 28),
    };

    private static Dictionary<string, string> Libmesos(string variant) => new()
    {
        ["EXECUTOR_DRIVER"] = "libmesos",
        ["EXECUTOR_LIBMESOS"] = Built.Program($"standin/libmesos-{variant}.so"),
    };
}
