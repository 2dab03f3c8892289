using Executor.Core.Tests.Discovery.Vaas;
using Mesos;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>The published executor and VaaS.</summary>
[CancelAfter(60_000)]
public sealed class VaasTests
{
    [Test]
    public async Task A_running_task_is_announced_and_withdrawn_before_SIGTERM(CancellationToken limit)
    {
        await using var server = new VaasFake();
        await using var rig = Rig(server, limit);
        Launch(rig, "trap 'echo > got-term; exit 0' TERM; echo > ready; while :; do sleep 0.05; done");
        await rig.ExpectRunningAsync();
        await server.WaitForAsync("GET task/t-101/", limit);
        await rig.LoggedAsync("hook vaas: announce done");
        Assert.That((int)server.Backends[101]["port"]!, Is.EqualTo(31001));
        await rig.LineOfAsync("ready");
        var signalled = true;
        server.Fault = request =>
        {
            if (request == "DELETE backend/101/") signalled = File.Exists(Path.Combine(rig.Sandbox, "got-term"));
            return VaasFault.None;
        };

        rig.Agent.KillTask("task");

        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);
        await rig.ExpectExitAsync(0);
        Assert.That(signalled, Is.False);
        Assert.That(File.Exists(Path.Combine(rig.Sandbox, "got-term")), Is.True);
        Assert.That(server.Seen(), Is.EqualTo(["DELETE backend/101/"]));
        Assert.That(await rig.ErrorsAsync(), Does.Not.Contain(VaasFake.Token));
    }

    [Test]
    public async Task A_task_that_crashes_is_withdrawn(CancellationToken limit)
    {
        await using var server = new VaasFake();
        await using var rig = Rig(server, limit);
        Launch(rig, "mkfifo gate; echo > ready; read line < gate; exit 3");
        await rig.ExpectRunningAsync();
        await server.WaitForAsync("GET task/t-101/", limit);
        await rig.LineOfAsync("ready");

        await File.WriteAllTextAsync(Path.Combine(rig.Sandbox, "gate"), "go\n", limit);

        await rig.NextStatusAsync(TaskState.TaskFailed);
        Assert.That(server.Seen(), Is.EqualTo(["DELETE backend/101/"]));
        await rig.ExpectExitAsync(0);
    }

    private static AgentRig Rig(VaasFake server, CancellationToken limit) => new(DriverKind.Managed, limit, options =>
    {
        var settings = DriverKind.Managed.Settings();
        settings["EXECUTOR_LOG_LEVEL"] = "trace";
        settings["EXECUTOR_SERVICE_ADDRESS"] = "127.0.0.1";
        settings["EXECUTOR_VAAS_URL"] = server.Url;
        settings["EXECUTOR_VAAS_DC"] = "dc2";
        settings["EXECUTOR_VAAS_USERNAME"] = VaasFake.Username;
        settings["EXECUTOR_VAAS_TOKEN"] = VaasFake.Token;
        return options with { ExecutorEnvironment = settings };
    });

    private static void Launch(AgentRig rig, string script) => rig.LaunchScript(script, task =>
    {
        task.Labels = new Labels { Labels_ = { new Label { Key = "director", Value = "cart" } } };
        task.Discovery = new DiscoveryInfo
        {
            Visibility = DiscoveryInfo.Types.Visibility.Framework,
            Ports = new Ports
            {
                Ports_ =
                {
                    new Port { Number = 31000 },
                    new Port
                    {
                        Number = 31001,
                        Labels = new Labels { Labels_ = { new Label { Key = "frontend-sync:cart", Value = "true" } } },
                    },
                },
            },
        };
    });
}
