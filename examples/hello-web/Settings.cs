using System.Globalization;
using System.Net;

namespace HelloWeb;

/// <summary>All of the service's configuration: a twelve-factor app reads its environment, and nothing else.</summary>
internal sealed record Settings
{
    /// <summary>PORT0, else PORT.</summary>
    public int Port { get; init; } = Number("PORT0", 65535) ?? Number("PORT", 65535) ?? 8080;

    /// <summary>BIND, an address of this host; any by default.</summary>
    public IPAddress Bind { get; init; } = Address("BIND") ?? IPAddress.Any;

    /// <summary>WARM_UP_MS: until then /health answers 503.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromMilliseconds(Number("WARM_UP_MS", int.MaxValue) ?? 0);

    /// <summary>
    /// COLD_MS: how long it takes to load what the service needs, from its first request on; until then every request
    /// but /health is answered 503.
    /// </summary>
    public TimeSpan Cold { get; init; } = TimeSpan.FromMilliseconds(Number("COLD_MS", int.MaxValue) ?? 0);

    /// <summary>DELAY_MS: how long every request takes.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(Number("DELAY_MS", int.MaxValue) ?? 0);

    /// <summary>What the service calls itself: its task id where it has one.</summary>
    public string Instance { get; init; } = Environment.GetEnvironmentVariable("MESOS_TASK_ID") ?? "local";

    private static int? Number(string name, int most)
    {
        if (Environment.GetEnvironmentVariable(name) is not { Length: > 0 } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : throw new FormatException($"{name}: '{text}' is not accepted; accepted: a whole number from 0 to {most}");
    }

    private static IPAddress? Address(string name)
    {
        if (Environment.GetEnvironmentVariable(name) is not { Length: > 0 } text) return null;
        return IPAddress.TryParse(text, out var address)
            ? address
            : throw new FormatException($"{name}: '{text}' is not accepted; accepted: an IP address");
    }
}
