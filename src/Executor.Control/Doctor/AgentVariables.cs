using System.Net;
using Executor.Core.Configuration;
using Executor.Core.Ports;
using Executor.Interop;
using Executor.Libprocess;

namespace Executor.Control.Doctor;

/// <summary>
/// Whether the executor would accept the LIBPROCESS_ and MESOS_ variables of this environment: by its own rules. What
/// only an agent knows may be absent.
/// </summary>
internal static class AgentVariables
{
    private const string Check = "agent variables";

    private static readonly Dictionary<string, string> OfAnyAgent = new()
    {
        ["MESOS_SLAVE_PID"] = "slave(1)@127.0.0.1:5051",
        ["MESOS_SLAVE_ID"] = "agent",
        ["MESOS_FRAMEWORK_ID"] = "framework",
        ["MESOS_EXECUTOR_ID"] = "executor",
        ["MESOS_DIRECTORY"] = "/",
    };

    /// <param name="libmesos">Whether that is the driver; it demands more.</param>
    public static async Task<Finding> FindingAsync(IReadOnlyDictionary<string, string> environment, bool libmesos)
    {
        var complete = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        foreach (var (name, value) in OfAnyAgent) complete.TryAdd(name, value);
        try
        {
            var agent = AgentEnvironment.Read(complete);
            if (libmesos) return CheckLibmesos(agent);
            await ManagedDriver.RequireListenableAsync(agent);
            return new Finding(
                Verdict.Ok, Check,
                agent.ListenAddress is { } address ? Listens(address) : "LIBPROCESS_IP is not set, the managed driver needs none");
        }
        catch (DriverException error)
        {
            return new Finding(
                Verdict.Failed, Check, error.Message, "Correct it, or unset it: the executor ends at once, with exit code 1.");
        }
    }

    private static Finding CheckLibmesos(AgentEnvironment agent)
    {
        var name = Dns.GetHostName();
        var resolved = agent.ListenAddress is null ? LibprocessRules.AddressOf(name) : null;
        if (agent.ListenAddress is null && resolved is null)
        {
            return new Finding(
                Verdict.Warning, Check, $"LIBPROCESS_IP is not set, and the host's name {name} does not resolve to an IPv4 address",
                "Agents from 0.26 on set it; under an older one the executor ends at once, so make the name resolve.");
        }

        LibprocessRules.Check(agent);
        return new Finding(
            Verdict.Ok, Check,
            agent.ListenAddress is { } given ? Listens(given) : $"LIBPROCESS_IP is not set; the host's name {name} resolves to {resolved}");
    }

    private static string Listens(IPAddress address) => $"LIBPROCESS_IP is {address}, an address of this host";
}
