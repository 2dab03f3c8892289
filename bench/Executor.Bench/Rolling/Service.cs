using System.Globalization;

namespace Executor.Bench.Rolling;

/// <summary>The service that is replaced: examples/hello-web.</summary>
internal static class Service
{
    /// <summary>
    /// It is healthy at once and cold: what it needs is loaded from its first request on and takes 300 ms, and whoever
    /// asks before that is over gets a 503. On SIGTERM it stops listening and finishes the requests in flight.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Variables(int port) => new Dictionary<string, string>
    {
        ["PORT0"] = port.ToString(CultureInfo.InvariantCulture),
        ["HOST"] = "127.0.0.1",
        ["BIND"] = "127.0.0.1",
        ["COLD_MS"] = "300",
    };
}
