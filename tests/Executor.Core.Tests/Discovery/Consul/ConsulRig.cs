using Executor.Core.Discovery;
using Executor.Core.Discovery.Consul;
using Executor.Core.Hooks;
using Executor.Core.Tests.Hooks;
using Executor.Core.Tests.Lifecycle;
using Executor.Tests.Fakes;
using Mesos;

namespace Executor.Core.Tests.Discovery.Consul;

/// <summary>A task's hook and the agent it speaks to, both on a clock that the test drives.</summary>
internal sealed class ConsulRig : IAsyncDisposable
{
    public const string Id = "shop_cart.1_cart_31000";
    public const string Register = "PUT /v1/agent/service/register";
    public const string Update = $"PUT /v1/agent/check/update/service:{Id}";
    public const string Deregister = $"PUT /v1/agent/service/deregister/{Id}";
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, string> _settings;
    private readonly (string, string)[] _labels;

    public ConsulRig(params (string Label, string Value)[] labels)
        : this([], null, labels)
    {
    }

    public ConsulRig(Dictionary<string, string> settings, string? token, params (string Label, string Value)[] labels)
    {
        (_settings, _labels) = (settings, labels);
        Consul = new ConsulFake(Time, token).Start();
        Hook = Create()!;
    }

    public RequestTime Time { get; } = new();

    public ConsulFake Consul { get; }

    public TaskHook Hook { get; }

    /// <param name="ports">Each gets a service of the name cart.</param>
    public static TaskHook? Create(ConsulFake consul, TimeProvider time, Dictionary<string, string> settings, IEnumerable<(string, string)> labels, params int[] ports)
    {
        var variables = new Dictionary<string, string>(settings);
        variables.TryAdd("EXECUTOR_CONSUL_HTTP_ADDR", consul.Address);
        Assert.That(AllSettings.TryRead(variables, out var read, out var error), error);
        var task = Hooked.Task(Hooked.Labels([("consul", "cart"), .. labels]));
        task.Info.Discovery = new DiscoveryInfo { Visibility = DiscoveryInfo.Types.Visibility.External, Ports = new Mesos.Ports() };
        foreach (var port in ports)
        {
            task.Info.Discovery.Ports.Ports_.Add(new Port
            {
                Number = (uint)port,
                Labels = new Labels { Labels_ = { new Label { Key = "consul", Value = "cart" } } },
            });
        }

        var instances = new ServiceInstances(read!, _ => new ServiceCheck("http", 31000, "/", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2)));
        return ConsulHook.Factory(read!, instances, time)(task);
    }

    /// <summary>Announces, and waits until the upkeep has begun.</summary>
    public async Task AnnounceAsync(CancellationToken cancel)
    {
        await Hook.AnnounceAsync(cancel);
        await Time.WaitForTimerOfAsync(Beat, cancel);
    }

    /// <summary>Lets pauses between attempts pass until the work is done.</summary>
    public async Task RetryUntilAsync(Task done, CancellationToken cancel)
    {
        while (!done.IsCompleted)
        {
            var pause = Time.WaitForTimerAsync(TimeSpan.FromSeconds(2), cancel);
            if (await Task.WhenAny(pause, done) == pause) Time.Advance(TimeSpan.FromSeconds(2));
        }

        await done;
    }

    public async ValueTask DisposeAsync()
    {
        await Hook.DisposeAsync();
        await Consul.DisposeAsync();
    }

    private TaskHook? Create() => Create(Consul, Time, _settings, _labels, 31000);
}

/// <summary>Requests are limited by the real clock, so that one under way does not end when the test moves the other.</summary>
internal sealed class RequestTime : WatchedTime
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        dueTime == ConsulClient.Limit
            ? System.CreateTimer(callback, state, dueTime, period)
            : base.CreateTimer(callback, state, dueTime, period);
}
