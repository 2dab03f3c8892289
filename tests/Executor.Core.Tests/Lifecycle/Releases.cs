using Executor.Core.Configuration;

namespace Executor.Core.Tests.Lifecycle;

/// <summary>Agents as their variables show them.</summary>
internal static class Releases
{
    /// <summary>Any agent from 1.0 on.</summary>
    public static AgentRelease From1X { get; } = With("MESOS_HTTP_COMMAND_EXECUTOR");

    public static AgentRelease With(string variable) =>
        AgentRelease.Of(new Dictionary<string, string> { [variable] = "given" });
}
