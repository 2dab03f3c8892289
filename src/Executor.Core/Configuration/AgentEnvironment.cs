using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Executor.Core.Ports;

namespace Executor.Core.Configuration;

/// <summary>
/// What an agent tells an executor in its environment. libmesos ends the whole process where one of these is missing
/// or wrong; here each is checked first, with an error that says what to mend.
/// </summary>
public sealed record AgentEnvironment
{
    private static readonly TimeSpan DefaultRecoveryTimeout = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan DefaultShutdownGrace = TimeSpan.FromSeconds(5);

    /// <summary>MESOS_SLAVE_PID: the agent's libprocess PID.</summary>
    public required Upid AgentPid { get; init; }

    public required string AgentId { get; init; }

    public required string FrameworkId { get; init; }

    public required string ExecutorId { get; init; }

    /// <summary>MESOS_DIRECTORY: the sandbox.</summary>
    public required string Directory { get; init; }

    /// <summary>Whether the executor outlives a restart of its agent.</summary>
    public bool Checkpoint { get; init; }

    /// <summary>How long a checkpointing executor waits for its agent.</summary>
    public TimeSpan RecoveryTimeout { get; init; } = DefaultRecoveryTimeout;

    /// <summary>All that a shutdown may take; agents before 0.28 do not say, and mean five seconds.</summary>
    public TimeSpan ShutdownGrace { get; init; } = DefaultShutdownGrace;

    /// <summary>How old the agent can be, as far as its variables tell.</summary>
    public AgentRelease Release { get; init; } = AgentRelease.Unknown;

    /// <summary>LIBPROCESS_IP: where to listen; agents before 0.26 do not say.</summary>
    public IPAddress? ListenAddress { get; init; }

    /// <summary>LIBPROCESS_PORT; 0 takes a free one.</summary>
    public int ListenPort { get; init; }

    /// <summary>LIBPROCESS_ADVERTISE_IP: the address to tell the agent, where it is another one.</summary>
    public IPAddress? AdvertisedAddress { get; init; }

    public int? AdvertisedPort { get; init; }

    /// <exception cref="DriverException">One variable is missing or wrong: which, its value, what is accepted.</exception>
    public static AgentEnvironment Read(IReadOnlyDictionary<string, string> environment)
    {
        return new AgentEnvironment
        {
            AgentPid = Upid.TryParse(Required("MESOS_SLAVE_PID"), out var agent) ? agent : throw Wrong(
                "MESOS_SLAVE_PID", Required("MESOS_SLAVE_PID"), "a libprocess PID, e.g. slave(1)@10.0.0.1:5051"),
            AgentId = Required("MESOS_SLAVE_ID"),
            FrameworkId = Required("MESOS_FRAMEWORK_ID"),
            ExecutorId = Required("MESOS_EXECUTOR_ID"),
            Directory = Required("MESOS_DIRECTORY"),
            // Agents write 1 or 0, and libmesos takes nothing but 1 for yes.
            Checkpoint = Optional("MESOS_CHECKPOINT") == "1",
            RecoveryTimeout = Duration("MESOS_RECOVERY_TIMEOUT") ?? DefaultRecoveryTimeout,
            ShutdownGrace = Duration("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD") ?? DefaultShutdownGrace,
            Release = AgentRelease.Of(environment),
            ListenAddress = Address("LIBPROCESS_IP"),
            ListenPort = Port("LIBPROCESS_PORT", least: 0) ?? 0,
            AdvertisedAddress = Address("LIBPROCESS_ADVERTISE_IP"),
            AdvertisedPort = Port("LIBPROCESS_ADVERTISE_PORT", least: 1),
        };

        string? Optional(string name) =>
            environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

        string Required(string name) => Optional(name) ?? throw new DriverException(
            $"{name} is not set: a Mesos agent sets it for the executors it starts; without a cluster, use executorctl run");

        // An empty one is no absent one to libmesos, which ends the process for it.
        string? Given(string name) => environment.GetValueOrDefault(name);

        TimeSpan? Duration(string name) => Given(name) switch
        {
            null => null,
            var text when MesosDuration.TryParse(text, out var duration) => duration,
            var text => throw Wrong(name, text, MesosDuration.Accepted),
        };

        IPAddress? Address(string name) => Given(name) switch
        {
            null => null,
            var text when IPAddress.TryParse(text, out var address) && IsPlain(text, address) => address,
            var text => throw Wrong(name, text, "an IPv4 address, four numbers and dots, or an IPv6 address"),
        };

        int? Port(string name, int least) => Given(name) switch
        {
            null => null,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                && port >= least && port <= IPEndPoint.MaxPort => port,
            var text => throw Wrong(name, text, $"a port, {least} to {IPEndPoint.MaxPort}"),
        };
    }

    /// <summary>The parser also takes <c>10</c> for 0.0.0.10, octal and hexadecimal numbers, and a port after brackets.</summary>
    private static bool IsPlain(string text, IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? text == address.ToString()
        : !text.StartsWith('[');

    private static DriverException Wrong(string name, string value, string accepted) =>
        new($"{name} is \"{value}\": accepted is {accepted}");
}
