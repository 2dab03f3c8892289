using Executor.Control.Marathon;
using Google.Protobuf;
using Mesos;

namespace Executor.Control.Tests.Marathon;

/// <summary>One test for each row of what Marathon 1.5 puts into a task for a custom executor.</summary>
public class TaskBuilderTests
{
    private const string TaskId = "shop_cart.0b9bc1f8-9c1c-4ea0-b6b8-3f3a3ae8a8a1";

    private static TaskInfo Build(string members, params int[] ports) =>
        new TaskBuilder(Apps.With(members), "./executor", "agent.example").Build(TaskId, ports);

    [Test]
    public void The_task_id_is_the_path_with_underscores_and_a_uuid() =>
        Assert.That(
            TaskBuilder.TaskId(Apps.With(""), Guid.Parse("0b9bc1f8-9c1c-4ea0-b6b8-3f3a3ae8a8a1")), Is.EqualTo(TaskId));

    [Test]
    public void The_name_is_the_path_reversed() => Assert.That(Build("").Name, Is.EqualTo("cart.shop"));

    [Test]
    public void The_task_has_an_executor_and_no_command_container_or_data()
    {
        var task = Build("");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(task.Command, Is.Null);
            Assert.That(task.Container, Is.Null);
            Assert.That(task.HasData, Is.False);
            Assert.That(task.Executor, Is.Not.Null);
        }
    }

    [Test]
    public void The_executor_id_is_the_task_id_behind_marathon() =>
        Assert.That(Build("").Executor.ExecutorId.Value, Is.EqualTo("marathon-" + TaskId));

    [Test]
    public void The_command_makes_the_executor_executable_and_hands_it_the_unquoted_cmd()
    {
        var command = Build("").Executor.Command;
        Assert.That(command.Value, Is.EqualTo("chmod ug+rx './executor' && exec './executor' ./run $PORT0"));
        Assert.That(command.Shell, Is.True);
    }

    [Test]
    public void The_user_and_what_is_fetched_go_with_the_command()
    {
        var command = Build("""
            "user": "www", "fetch": [{"uri": "a.tgz"}, {"uri": "b", "executable": true, "cache": true, "destPath": "bin/b"}]
            """).Executor.Command;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(command.User, Is.EqualTo("www"));
            Assert.That(command.Uris[0], Is.EqualTo(
                new CommandInfo.Types.URI { Value = "a.tgz", Extract = true, Executable = false, Cache = false }));
            Assert.That(command.Uris[1].OutputFile, Is.EqualTo("bin/b"));
            Assert.That(command.Uris[1].Executable, Is.True);
        }
    }

    [Test]
    public void The_executor_has_no_resources_name_source_framework_or_grace_of_its_own()
    {
        var executor = Build("").Executor;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(executor.Resources, Is.Empty);
            Assert.That(executor.HasName, Is.False);
            Assert.That(executor.HasSource, Is.False);
            Assert.That(executor.FrameworkId, Is.Null);
            Assert.That(executor.ShutdownGracePeriod, Is.Null);
        }
    }

    [Test]
    public void Executor_resources_stand_on_the_executor() =>
        Assert.That(
            Build("\"executorResources\": {\"cpus\": 0.1, \"mem\": 32}").Executor.Resources
                .Select(resource => (resource.Name, resource.Scalar.Value)),
            Is.EqualTo(new[] { ("cpus", 0.1), ("mem", 32.0) }));

    [Test]
    public void The_kill_grace_becomes_the_kill_policy_in_nanoseconds() =>
        Assert.That(
            Build("\"taskKillGracePeriodSeconds\": 20").KillPolicy.GracePeriod.Nanoseconds, Is.EqualTo(20_000_000_000));

    [Test]
    public void Without_a_kill_grace_there_is_no_kill_policy() => Assert.That(Build("").KillPolicy, Is.Null);

    [Test]
    public void An_HTTP_check_has_the_host_port_and_Marathons_defaults() =>
        Assert.That(
            Build("\"healthChecks\": [{\"protocol\": \"MESOS_HTTP\", \"path\": \"/ping\", \"portIndex\": 0}]", 31005).HealthCheck,
            Is.EqualTo(new HealthCheck
            {
                Type = HealthCheck.Types.Type.Http,
                DelaySeconds = 15,
                IntervalSeconds = 60,
                TimeoutSeconds = 20,
                ConsecutiveFailures = 3,
                GracePeriodSeconds = 300,
                Http = new HealthCheck.Types.HTTPCheckInfo
                {
                    Scheme = "http",
                    Port = 31005,
                    Path = "/ping",
                    Protocol = NetworkInfo.Types.Protocol.Ipv4,
                },
            }));

    [Test]
    public void An_HTTPS_check_is_an_HTTP_check_with_that_scheme()
    {
        var check = Build("\"healthChecks\": [{\"protocol\": \"MESOS_HTTPS\"}]", 31005).HealthCheck;
        Assert.That(check.Type, Is.EqualTo(HealthCheck.Types.Type.Http));
        Assert.That(check.Http.Scheme, Is.EqualTo("https"));
    }

    [Test]
    public void A_TCP_check_may_name_a_fixed_port()
    {
        var check = Build("\"healthChecks\": [{\"protocol\": \"MESOS_TCP\", \"port\": 9000}]", 31005).HealthCheck;
        Assert.That(check.Type, Is.EqualTo(HealthCheck.Types.Type.Tcp));
        Assert.That(check.Tcp.Port, Is.EqualTo(9000));
    }

    [Test]
    public void A_command_check_has_a_shell_line_and_no_environment()
    {
        var check = Build("\"healthChecks\": [{\"protocol\": \"COMMAND\", \"command\": {\"value\": \"test -f up\"}}]").HealthCheck;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(check.Type, Is.EqualTo(HealthCheck.Types.Type.Command));
            Assert.That(check.Command.Value, Is.EqualTo("test -f up"));
            Assert.That(check.Command.Environment, Is.Null);
        }
    }

    [Test]
    public void Only_the_first_check_is_passed() =>
        Assert.That(
            Build("""
                "healthChecks": [{"protocol": "HTTP"}, {"protocol": "MESOS_TCP"},
                                 {"protocol": "COMMAND", "command": {"value": "true"}}]
                """, 31005).HealthCheck.Type,
            Is.EqualTo(HealthCheck.Types.Type.Tcp));

    [Test]
    public void Discovery_names_the_app_and_each_host_port_with_name_protocol_and_labels()
    {
        var discovery = Build("""
            "portDefinitions": [{"port": 10000, "name": "http", "protocol": "tcp", "labels": {"consul": "cart"}},
                                {"port": 0, "protocol": "tcp,udp"}]
            """, 31005, 31006).Discovery;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(discovery.Visibility, Is.EqualTo(DiscoveryInfo.Types.Visibility.Framework));
            Assert.That(discovery.Name, Is.EqualTo("cart.shop"));
            Assert.That(discovery.Ports.Ports_, Has.Count.EqualTo(3));
            Assert.That(discovery.Ports.Ports_[0], Is.EqualTo(new Port
            {
                Number = 31005,
                Name = "http",
                Protocol = "tcp",
                Labels = new Labels { Labels_ = { new Label { Key = "consul", Value = "cart" } } },
            }));
            Assert.That(discovery.Ports.Ports_.Skip(1).Select(port => (port.Number, port.Protocol)),
                Is.EqualTo(new[] { (31006u, "tcp"), (31006u, "udp") }));
        }
    }

    [Test]
    public void All_labels_of_the_app_stand_on_the_task() =>
        Assert.That(
            Build("\"labels\": {\"consul\": \"cart\", \"canary\": \"\"}").Labels.Labels_.Select(label => (label.Key, label.Value)),
            Is.EqualTo(new[] { ("consul", "cart"), ("canary", "") }));

    [Test]
    public void Resources_stand_on_the_task()
    {
        var resources = Build("\"cpus\": 0.5, \"mem\": 64, \"disk\": 10", 31005, 31009).Resources;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(resources.Select(resource => resource.Name), Is.EqualTo(new[] { "cpus", "mem", "disk", "ports" }));
            Assert.That(resources[0].Scalar.Value, Is.EqualTo(0.5));
            Assert.That(resources[3].Ranges.Range.Select(range => (range.Begin, range.End)),
                Is.EqualTo(new[] { (31005ul, 31005ul), (31009ul, 31009ul) }));
        }
    }

    [Test]
    public void An_app_without_disk_asks_for_none() =>
        Assert.That(Build("").Resources.Select(resource => resource.Name), Is.EqualTo(new[] { "cpus", "mem" }));

    [Test]
    public void Every_required_field_is_set() => Assert.That(Build("", 31005).IsInitialized(), Is.True);
}
