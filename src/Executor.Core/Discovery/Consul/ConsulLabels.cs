using System.Globalization;
using Executor.Core.Configuration;

namespace Executor.Core.Discovery.Consul;

/// <summary>The labels of Consul.</summary>
public static class ConsulLabels
{
    public static readonly Setting<string?> Services = Setting.Text(
        "consul", "names of services, separated by commas, true for the app's name, or false for none",
        "Registers the task with Consul while it can serve. Of a port: the names of its services; where no port has it, the first port gets the app's.") with
    { Example = "cart" };

    public static readonly Setting<string> Check = Setting.Choice(
        "consul-check", ["ttl", "http", "none"], "ttl",
        "Who tells Consul the task's health: the executor what it finds, Consul itself by the task's check over HTTP, HTTPS or TCP, or nobody.");

    public static readonly Setting<int?> Weight = Setting.Number(
        "consul-weight", null, 1, ushort.MaxValue,
        $"The weight of the services while passing; without it 1, or {ConsulWeight.DefaultFull} with a warm-up weight.") with
    { Example = "100" };

    public static readonly Setting<string?> WarmUpWeight = Setting.Text(
        "consul-warmup-weight", "START, START/DURATION or START/DURATION/STEPS, of 1secs at least, with a start below the full weight",
        string.Create(CultureInfo.InvariantCulture, $"The weight to begin with, raised in equal steps; without them in {ConsulWeight.DefaultSteps} within {MesosDuration.Format(ConsulWeight.DefaultTime)}.")) with
    { Example = "1/1mins/6" };

    public static IReadOnlyList<Setting> All { get; } = [Services, Check, Weight, WarmUpWeight];
}
