using Executor.Tests.Fakes;
using Mesos;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>The published executor and Consul's agent.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[CancelAfter(60_000)]
public sealed class ConsulTests(DriverKind driver)
{
    private const string Id = "task_web_31000";
    private const string Register = "PUT /v1/agent/service/register";
    private const string Deregister = $"PUT /v1/agent/service/deregister/{Id}";

    [Test]
    public async Task A_task_is_out_of_Consul_before_it_gets_SIGTERM(CancellationToken limit)
    {
        await using var consul = new ConsulFake(TimeProvider.System).Start();
        await using var rig = Rig(consul, limit);
        rig.LaunchScript("trap 'echo > stopped; exit 0' TERM; echo > ready; while :; do sleep 0.05; done", Announce);
        await rig.ExpectRunningAsync();
        await rig.LineOfAsync("ready");
        await consul.AnsweredAsync(Register, limit);
        await rig.LoggedAsync("no health check: it is announced as soon as it runs");
        bool? wasStopped = null;
        consul.Intercept = (request, _) =>
        {
            if (request.ToString() == Deregister) wasStopped = File.Exists(Path.Combine(rig.Sandbox, "stopped"));
            return Task.FromResult<LoopbackResponse?>(null);
        };

        rig.Agent.KillTask("task");
        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);

        Assert.That(wasStopped, Is.False);
        Assert.That(File.Exists(Path.Combine(rig.Sandbox, "stopped")));
        Assert.That(consul.Ids, Is.Empty);
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task A_crashed_task_is_taken_out_of_Consul(CancellationToken limit)
    {
        await using var consul = new ConsulFake(TimeProvider.System).Start();
        await using var rig = Rig(consul, limit);
        rig.LaunchScript("mkfifo go; echo > ready; read line < go; exit 3", Announce);
        await rig.ExpectRunningAsync();
        await consul.AnsweredAsync(Register, limit);
        await rig.LineOfAsync("ready");
        Assert.That(consul.Ids, Is.EqualTo([Id]));

        await File.WriteAllTextAsync(Path.Combine(rig.Sandbox, "go"), "\n", limit);
        await rig.NextStatusAsync(TaskState.TaskFailed);

        Assert.That(consul.Ids, Is.Empty);
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task A_dead_Consul_agent_delays_the_kill_by_the_limit_and_no_more(CancellationToken limit)
    {
        await using var consul = new ConsulFake(TimeProvider.System).Start();
        await using var rig = Rig(consul, limit, ("EXECUTOR_STAGE_LIMITS", "withdraw=300ms,after-exit=100ms"));
        rig.LaunchScript("exec sleep 1000", Announce);
        await rig.ExpectRunningAsync();
        await consul.AnsweredAsync(Register, limit);
        await consul.StopAsync();

        rig.Agent.KillTask("task");
        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);

        await rig.LoggedAsync("hook consul: withdraw "); // given up, or cut short by the end that comes in the same instant
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task What_Consul_refuses_fails_the_task_in_its_words_and_the_token_is_nowhere(CancellationToken limit)
    {
        await using var consul = new ConsulFake(TimeProvider.System, token: "the right one").Start();
        await using var rig = Rig(consul, limit, ("EXECUTOR_CONSUL_HTTP_TOKEN", "s3cr3t"), ("EXECUTOR_LOG_LEVEL", "trace"));
        consul.Intercept = async (_, _) =>
        {
            await rig.LineOfAsync("told");
            return null;
        };
        rig.LaunchScript("env; echo > told; exec sleep 1000", Announce);
        await rig.ExpectRunningAsync();

        var status = await rig.NextStatusAsync(TaskState.TaskFailed);

        Assert.That(status.Message, Does.Contain("403: Permission denied"));
        await rig.ExpectExitAsync(0);
        Assert.That(await rig.ErrorsAsync() + await rig.OutputAsync(), Does.Not.Contain("s3cr3t").And.Contain("PATH="));
    }

    [Test]
    public async Task A_label_that_makes_no_sense_is_TASK_ERROR(CancellationToken limit)
    {
        await using var consul = new ConsulFake(TimeProvider.System).Start();
        await using var rig = Rig(consul, limit);
        rig.LaunchScript("exec sleep 1000", task =>
        {
            Announce(task);
            task.Labels.Labels_.Add(new Label { Key = "consul-check", Value = "script" });
        });

        var status = await rig.NextStatusAsync(TaskState.TaskError);

        Assert.That(status.Message, Does.Contain("label consul-check is \"script\": accepted is ttl, http, none"));
        Assert.That(consul.Requests, Is.Empty);
    }

    private AgentRig Rig(ConsulFake consul, CancellationToken limit, params (string Name, string Value)[] settings) =>
        new(driver, limit, options => options with
        {
            ExecutorEnvironment = options.ExecutorEnvironment
                .Append(new("EXECUTOR_CONSUL_HTTP_ADDR", consul.Address))
                .Concat(settings.Select(one => new KeyValuePair<string, string>(one.Name, one.Value)))
                .ToDictionary(),
        });

    private static void Announce(TaskInfo task)
    {
        task.Labels = new Labels { Labels_ = { new Label { Key = "consul", Value = "web" } } };
        task.Discovery = new DiscoveryInfo
        {
            Visibility = DiscoveryInfo.Types.Visibility.External,
            Ports = new Mesos.Ports { Ports_ = { new Port { Number = 31000 } } },
        };
    }
}
