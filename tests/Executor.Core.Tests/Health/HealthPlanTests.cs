using System.Net.Sockets;
using Executor.Core.Configuration;
using Executor.Core.Health;
using Executor.Core.Hooks;
using Executor.Core.Tests.Hooks;
using Mesos;

namespace Executor.Core.Tests.Health;

/// <summary>How a task is checked, as its framework or its labels say.</summary>
public sealed class HealthPlanTests
{
    [Test]
    public void A_check_of_Marathon_is_read_with_all_its_numbers()
    {
        var plan = Plan(new HealthCheck
        {
            Type = HealthCheck.Types.Type.Http,
            Http = new HealthCheck.Types.HTTPCheckInfo { Port = 31000, Path = "/ping?deep=1", Scheme = "https", Statuses = { 200, 204 } },
            DelaySeconds = 1,
            IntervalSeconds = 60,
            TimeoutSeconds = 20,
            ConsecutiveFailures = 4,
            GracePeriodSeconds = 300,
        })!;

        Assert.That(plan.Timing, Is.EqualTo(new CheckTiming(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(20))));
        Assert.That((plan.Grace, plan.MostFailures, plan.LeastSuccesses), Is.EqualTo((TimeSpan.FromSeconds(300), 4, 1)));
        var http = (ProbePlan.Http)plan.Probe;
        Assert.That((http.Scheme, http.Port, http.Path, http.VerifyTls), Is.EqualTo(("https", 31000, "/ping?deep=1", true)));
        Assert.That((http.Passes(204), http.Passes(201)), Is.EqualTo((true, false)));
    }

    [Test]
    public void What_is_not_given_is_as_Mesos_has_it()
    {
        var plan = Plan(new HealthCheck { Http = new HealthCheck.Types.HTTPCheckInfo { Port = 1 } })!;

        Assert.That(plan.Timing, Is.EqualTo(new CheckTiming(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20))));
        Assert.That((plan.Grace, plan.MostFailures), Is.EqualTo((TimeSpan.FromSeconds(10), 3)));
        var http = (ProbePlan.Http)plan.Probe;
        Assert.That((http.Scheme, http.Path, http.Family), Is.EqualTo(("http", "/", AddressFamily.InterNetwork)));
        Assert.That((http.Passes(200), http.Passes(399), http.Passes(400)), Is.EqualTo((true, true, false)));
    }

    [Test]
    public void Without_a_type_it_is_what_is_there()
    {
        Assert.That(Plan(new HealthCheck { Command = new CommandInfo { Value = "true" } })!.Probe, Is.InstanceOf<ProbePlan.Command>());
        Assert.That(Plan(new HealthCheck { Tcp = new HealthCheck.Types.TCPCheckInfo { Port = 1 } })!.Probe, Is.InstanceOf<ProbePlan.Tcp>());
        Assert.That(Plan(new HealthCheck { Http = new HealthCheck.Types.HTTPCheckInfo { Port = 1 } })!.Probe, Is.InstanceOf<ProbePlan.Http>());
    }

    [Test]
    public void IPv6_is_used_where_the_task_asks_for_it()
    {
        var tcp = new HealthCheck.Types.TCPCheckInfo { Port = 1, Protocol = NetworkInfo.Types.Protocol.Ipv6 };

        var probe = (ProbePlan.Tcp)Plan(new HealthCheck { Tcp = tcp })!.Probe;

        Assert.That(probe.Family, Is.EqualTo(AddressFamily.InterNetworkV6));
        Assert.That(ProbeTarget.Of("10.0.0.1", 1, probe.Family).Host, Is.EqualTo("::1"), "an IPv4 address is not where it can go");
        Assert.That(ProbeTarget.Of("fd00::1", 1, probe.Family).HostInAddress, Is.EqualTo("[fd00::1]"));
    }

    [Test]
    public void A_timeout_of_0_is_none_and_an_interval_of_0_does_not_take_a_processor()
    {
        var plan = Plan(new HealthCheck { Command = new CommandInfo { Value = "true" }, TimeoutSeconds = 0, IntervalSeconds = 0 })!;

        Assert.That(plan.Timing.Timeout, Is.Null);
        Assert.That(plan.Timing.Interval, Is.GreaterThan(TimeSpan.Zero));
    }

    [TestCase(-1, 10, 20, 10, "delay is -1 ")]
    [TestCase(0, double.NaN, 20, 10, "interval is NaN ")]
    [TestCase(0, 10, double.PositiveInfinity, 10, "timeout is Infinity ")]
    [TestCase(0, 10, 20, -0.5, "grace_period is -0.5 ")]
    public void A_number_that_makes_no_sense_is_named(double delay, double interval, double timeout, double grace, string named)
    {
        var check = new HealthCheck
        {
            Tcp = new HealthCheck.Types.TCPCheckInfo { Port = 1 },
            DelaySeconds = delay,
            IntervalSeconds = interval,
            TimeoutSeconds = timeout,
            GracePeriodSeconds = grace,
        };

        Assert.That(() => Plan(check), Throws.TypeOf<InvalidTaskException>().With.Message.Contains($"health_check: its {named}"));
    }

    [Test]
    public void A_check_of_nothing_or_of_a_wrong_thing_is_an_error()
    {
        Assert.That(() => Plan(new HealthCheck()), Throws.TypeOf<InvalidTaskException>());
        Assert.That(
            () => Plan(new HealthCheck { Type = HealthCheck.Types.Type.Command, Http = new HealthCheck.Types.HTTPCheckInfo { Port = 1 } }),
            Throws.TypeOf<InvalidTaskException>());
        Assert.That(
            () => Plan(new HealthCheck { Http = new HealthCheck.Types.HTTPCheckInfo { Port = 70_000 } }),
            Throws.TypeOf<InvalidTaskException>().With.Message.Contains("port is 70000"));
        Assert.That(
            () => Plan(new HealthCheck { Http = new HealthCheck.Types.HTTPCheckInfo { Port = 1, Scheme = "ftp" } }),
            Throws.TypeOf<InvalidTaskException>().With.Message.Contains("\"ftp\""));
        Assert.That(
            () => Plan(new HealthCheck { Command = new CommandInfo() }), Throws.TypeOf<InvalidTaskException>());
    }

    [Test]
    public void A_command_is_a_shell_text_or_an_argument_vector_with_an_environment_of_its_own()
    {
        var command = new CommandInfo { Shell = false, Value = "/bin/check", Arguments = { "check", "-v" }, User = "nobody" };
        command.Environment = new Mesos.Environment { Variables = { new Mesos.Environment.Types.Variable { Name = "A", Value = "b" } } };

        var probe = (ProbePlan.Command)Plan(new HealthCheck { Command = command })!.Probe;
        var shell = (ProbePlan.Command)Plan(new HealthCheck { Command = new CommandInfo { Value = "exit 1" } })!.Probe;

        Assert.That((probe.Program, probe.Arguments, probe.User), Is.EqualTo(("/bin/check", new[] { "check", "-v" }, "nobody")));
        Assert.That(probe.Environment, Is.EqualTo(new Dictionary<string, string> { ["A"] = "b" }));
        Assert.That(shell.Arguments, Is.EqualTo(["sh", "-c", "exit 1"]));
    }

    [Test]
    public void Marathons_own_check_comes_as_a_label_with_Marathons_defaults()
    {
        var plan = Plan(Labels(("health-check", """{"protocol":"HTTP","path":"/ping","portIndex":1,"maxConsecutiveFailures":0}""")))!;

        var http = (ProbePlan.Http)plan.Probe;
        Assert.That((http.Scheme, http.Port, http.Path), Is.EqualTo(("http", 31001, "/ping")));
        Assert.That(plan.Timing, Is.EqualTo(new CheckTiming(TimeSpan.Zero, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(20))));
        Assert.That((plan.Grace, plan.MostFailures), Is.EqualTo((TimeSpan.FromSeconds(300), 0)));
    }

    [TestCase("""{"protocol":"TCP","port":5000}""", typeof(ProbePlan.Tcp))]
    [TestCase("""{"protocol":"MESOS_HTTPS","path":"/"}""", typeof(ProbePlan.Http))]
    [TestCase("""{"protocol":"COMMAND","command":{"value":"true"},"ignoreHttp1xx":false}""", typeof(ProbePlan.Command))]
    public void Each_protocol_of_Marathon_is_known(string json, Type probe) =>
        Assert.That(Plan(Labels(("health-check", json)))!.Probe, Is.InstanceOf(probe));

    [Test]
    public void A_path_is_enough() => Assert.That(
        Plan(Labels(("health-check-path", "/ping")))!.Probe, Is.InstanceOf<ProbePlan.Http>().With.Property("Port").EqualTo(31000));

    [TestCase("""{"protocol":"HTTP","pth":"/ping"}""", "$.pth")]
    [TestCase("""{"intervalSeconds":"soon"}""", "$.intervalSeconds")]
    [TestCase("""{""", "byte")]
    [TestCase("null", "null")]
    [TestCase("""{"protocol":"ICMP"}""", "ICMP")]
    [TestCase("""{"portIndex":7}""", "portIndex is 7")]
    [TestCase("""{"protocol":"COMMAND"}""", "command is missing")]
    [TestCase("""{"maxConsecutiveFailures":-1}""", "maxConsecutiveFailures is -1")]
    [TestCase("""{"timeoutSeconds":-1}""", "timeout is -1")]
    public void A_label_that_makes_no_sense_is_named_with_the_place(string json, string named) => Assert.That(
        () => Plan(Labels(("health-check", json))),
        Throws.TypeOf<InvalidTaskException>().With.Message.StartsWith("label health-check").And.Message.Contains(named)
            .Or.Message.StartsWith("health-check: ").And.Message.Contains(named));

    [Test]
    public void Labels_win_over_the_settings()
    {
        var plan = Plan(Labels(
            ("health-check-path", "/"), ("min-consecutive-successes", "3"), ("health-http-status", "200-299"), ("health-tls-verify", "false")))!;

        var http = (ProbePlan.Http)plan.Probe;
        Assert.That((plan.LeastSuccesses, http.Range, http.VerifyTls), Is.EqualTo((3, new StatusRange(200, 299), false)));
    }

    [TestCase("health-http-status", "2xx")]
    [TestCase("health-http-status", "399-200")]
    [TestCase("min-consecutive-successes", "0")]
    [TestCase("health-tls-verify", "no")]
    public void A_label_that_is_not_accepted_is_an_error_with_its_value(string label, string value) => Assert.That(
        () => Plan(Labels(("health-check-path", "/"), (label, value))),
        Throws.TypeOf<InvalidTaskException>().With.Message.Contains($"label {label} is \"{value}\""));

    [Test]
    public void Two_labels_for_one_check_are_an_error() => Assert.That(
        () => Plan(Labels(("health-check-path", "/"), ("health-check", "{}"))), Throws.TypeOf<InvalidTaskException>());

    private static HookedTask Labels(params (string, string)[] labels)
    {
        var task = Hooked.Task(Hooked.Labels(labels));
        task.Info.Discovery = new DiscoveryInfo
        {
            Ports = new Mesos.Ports { Ports_ = { new Port { Number = 31000 }, new Port { Number = 31001 } } },
        };
        return task;
    }

    private static HealthPlan? Plan(HealthCheck check)
    {
        var task = Hooked.Task();
        task.Info.HealthCheck = check;
        return Plan(task);
    }

    private static HealthPlan? Plan(HookedTask task)
    {
        Assert.That(Settings.TryRead(HealthSettings.All, new Dictionary<string, string>(), out var settings, out _), Is.True);
        return new HealthPlans(settings!).Health(task);
    }
}
