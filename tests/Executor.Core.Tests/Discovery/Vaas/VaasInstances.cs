using Executor.Core.Configuration;
using Executor.Core.Discovery;
using Executor.Core.Discovery.Vaas;
using Executor.Core.Hooks;

namespace Executor.Core.Tests.Discovery.Vaas;

/// <summary>Instances and hooks for the tests of VaaS.</summary>
internal static class VaasInstances
{
    public const string Address = "10.0.0.7";

    /// <summary>A port 31000, and a port 31001 with the label that is given.</summary>
    public static ServiceInstance Instance(string? portLabel, params (string Key, string Value)[] labels) => new()
    {
        Id = "shop_cart.1",
        Address = Address,
        Ports = [Port(31000), Port(31001, portLabel)],
        Labels = labels.ToDictionary(label => label.Key, label => label.Value, StringComparer.Ordinal),
        Framework = "marathon",
    };

    public static ServiceInstance Instance(params (string Key, string Value)[] labels) => Instance(null, labels);

    public static TaskHook? Hook(VaasFake server, TimeProvider? time = null, ServiceInstance? instance = null, params (string Name, string Value)[] more) =>
        VaasHook.Create(
            instance ?? Instance(("director", "cart")),
            Settings([
                ("EXECUTOR_VAAS_URL", server.Url), ("EXECUTOR_VAAS_DC", "dc3"), ("EXECUTOR_VAAS_USERNAME", VaasFake.Username),
                ("EXECUTOR_VAAS_TOKEN", VaasFake.Token), .. more,
            ]),
            time ?? TimeProvider.System);

    public static Settings Settings(params (string Name, string Value)[] environment)
    {
        var given = environment.ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal);
        Assert.That(AllSettings.TryRead(given, out var settings, out var error), error);
        return settings!;
    }

    private static ServicePort Port(int number, string? label = null) =>
        new(number, null, "tcp", label is null ? new Dictionary<string, string>() : new() { [label] = "" });
}
