using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Executor.Core.Hooks;

namespace Executor.Core.Discovery.Vaas;

/// <summary>The backend that an instance asks to be.</summary>
internal sealed record VaasBackend
{
    private const int MostWeight = 100;

    /// <summary>The director's name.</summary>
    public required string Director { get; init; }

    /// <summary>An IPv4 address, or a name.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>Null leaves it to VaaS.</summary>
    public int? Weight { get; init; }

    public bool IsCanary { get; init; }

    /// <summary>A label that looks like a weight and is none.</summary>
    public string? IgnoredWeight { get; init; }

    /// <summary>Reads what the instance's labels say.</summary>
    /// <param name="weight">Wins over the labels.</param>
    /// <returns>Null where no director is named.</returns>
    /// <exception cref="InvalidTaskException">It has no port, or an IPv6 address.</exception>
    public static VaasBackend? Of(ServiceInstance instance, int? weight)
    {
        if (instance.Labels.GetValueOrDefault(VaasLabels.Director.Name) is not { Length: > 0 } director) return null;
        var label = weight is null ? FirstWeight(instance) : null;
        return new VaasBackend
        {
            Director = director,
            Host = IPAddress.TryParse(instance.Address, out var address) && address.AddressFamily != AddressFamily.InterNetwork
                ? throw new InvalidTaskException(
                    $"label {VaasLabels.Director.Name} is \"{director}\", but the task's address is {instance.Address}: VaaS accepts IPv4 only")
                : instance.Address,
            Port = PortOf(instance, director),
            Weight = weight ?? Number(label),
            IsCanary = instance.Labels.GetValueOrDefault(VaasLabels.Canary.Name) is { Length: > 0 },
            IgnoredWeight = label is not null && Number(label) is null ? label : null,
        };
    }

    private static int PortOf(ServiceInstance instance, string director)
    {
        if (instance.Ports is not [var first, ..])
        {
            throw new InvalidTaskException(
                $"label {VaasLabels.Director.Name} is \"{director}\", but the task has no port that VaaS could send traffic to");
        }

        return (instance.Ports.FirstOrDefault(port => port.Labels.ContainsKey($"{VaasLabels.FrontendSyncPrefix}{director}")) ?? first).Number;
    }

    /// <summary>One that is a number before one that is not.</summary>
    private static string? FirstWeight(ServiceInstance instance) => instance.Labels
        .Where(label => label.Value == VaasLabels.Weight.Accepted && label.Key.StartsWith(VaasLabels.WeightPrefix, StringComparison.Ordinal))
        .Select(label => label.Key)
        .OrderBy(key => Number(key) is null)
        .ThenBy(key => key, StringComparer.Ordinal)
        .FirstOrDefault();

    private static int? Number(string? label) =>
        int.TryParse(label.AsSpan(label is null ? 0 : VaasLabels.WeightPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var weight)
        && weight <= MostWeight ? weight : null;
}
