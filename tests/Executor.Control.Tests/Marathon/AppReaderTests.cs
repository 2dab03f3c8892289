using Executor.Control.Marathon;

namespace Executor.Control.Tests.Marathon;

public class AppReaderTests
{
    [Test]
    public void Fields_left_out_have_Marathons_defaults()
    {
        var app = Apps.With("");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(app.Instances, Is.EqualTo(1));
            Assert.That(app.Cpus, Is.EqualTo(1));
            Assert.That(app.Mem, Is.EqualTo(128));
            Assert.That(app.Disk, Is.Zero);
            Assert.That(app.KillGracePeriod, Is.Null);
            Assert.That(app.Ports, Has.Count.EqualTo(1));
            Assert.That(app.Ports[0].Name, Is.EqualTo("default"));
        }
    }

    [Test]
    public void Fields_that_only_a_scheduler_needs_are_accepted() =>
        Assert.That(() => Apps.With("""
            "constraints": [["hostname", "UNIQUE"]], "upgradeStrategy": {"minimumHealthCapacity": 1},
            "backoffSeconds": 1, "dependencies": ["/db"], "acceptedResourceRoles": ["*"], "killSelection": "YOUNGEST_FIRST",
            "networks": [{"mode": "host"}], "unreachableStrategy": "disabled", "executor": "./executor", "tasksRunning": 2
            """), Throws.Nothing);

    [Test]
    public void Null_is_as_good_as_absent() => Assert.That(Apps.With("\"args\": null, \"user\": null").User, Is.Null);

    [Test]
    public void A_relative_id_becomes_absolute() =>
        Assert.That(Apps.Read("""{"id": "cart", "cmd": "true"}""").Id, Is.EqualTo("/cart"));

    [Test]
    public void Secret_references_are_left_out_of_the_environment() =>
        Assert.That(Apps.With("""
            "env": {"A": "b", "PASSWORD": {"secret": "password"}}
            """).Env, Is.EqualTo(new Dictionary<string, string> { ["A"] = "b" }));

    [Test]
    public void Old_uris_are_extracted_by_their_ending()
    {
        var fetch = Apps.With("\"uris\": [\"app.tgz\", \"start.sh\"]").Fetch;
        Assert.That(fetch.Select(artifact => (artifact.Uri, artifact.Extract)),
            Is.EqualTo(new[] { ("app.tgz", true), ("start.sh", false) }));
    }

    [Test]
    public void Health_checks_that_Marathon_does_itself_are_left_out() =>
        Assert.That(Apps.With("""
            "healthChecks": [{"protocol": "HTTP", "path": "/"}, {"path": "/"}, {"protocol": "TCP"}, {"protocol": "MESOS_TCP"}]
            """).HealthChecks, Has.Count.EqualTo(1));

    [TestCase("{\"id\":\"/a\",\"cmd\":\"true\",\"labels\":{\"\\ud800\":\"x\"}}")]
    [TestCase("{\"\\ud800\":1}")]
    [TestCase("{\"id\":\"\u00ff\"}")]
    [TestCase("{\"\u00ff\":1}")]
    public void What_is_no_text_is_refused(string latin1) => Assert.That(
        () => AppReader.Read(System.Text.Encoding.Latin1.GetBytes(latin1), TimeProvider.System),
        Throws.TypeOf<UsageException>().With.Message.Contains("; accepted: ").And.Message.Not.Contains("\n"));

    [TestCase("\"cmdd\": \"x\"", "cmdd: \"x\" has an unknown name; accepted: id, cmd, args, env,")]
    [TestCase("\"instances\": \"two\"", "instances: \"two\" is not accepted; accepted: a whole number from 0")]
    [TestCase("\"instances\": -1", "instances: -1 is not accepted; accepted: a whole number from 0")]
    [TestCase("\"cpus\": \"1\"", "cpus: \"1\" is not accepted; accepted: a number from 0")]
    [TestCase("\"env\": {\"A\": 1}", "env.A: 1 is not accepted; accepted: a string, or an object with secret")]
    [TestCase("\"env\": {\"A=B\": \"\"}", "env[\"A=B\"]: \"\" is not accepted; accepted: a name without '='")]
    [TestCase("\"env\": []", "env: [] is not accepted; accepted: an object of strings")]
    [TestCase("\"labels\": {\"a.b\": true}", "labels[\"a.b\"]: true is not accepted; accepted: a string")]
    [TestCase("\"portDefinitions\": [{\"port\": 70000}]",
        "portDefinitions[0].port: 70000 is not accepted; accepted: a whole number from 0 to 65535")]
    [TestCase("\"portDefinitions\": [{\"prot\": \"tcp\"}]",
        "portDefinitions[0].prot: \"tcp\" has an unknown name; accepted: port, name, protocol, labels")]
    [TestCase("\"portDefinitions\": [{\"protocol\": \"sctp\"}]",
        "portDefinitions[0].protocol: \"sctp\" is not accepted; accepted: tcp, udp or udp,tcp")]
    [TestCase("\"portDefinitions\": [], \"ports\": [0]",
        "ports: [0] is not accepted; accepted: either ports or portDefinitions, not both")]
    [TestCase("\"healthChecks\": [{\"protocol\": \"PING\"}]",
        "healthChecks[0].protocol: \"PING\" is not accepted; accepted: COMMAND, MESOS_HTTP, MESOS_HTTPS, MESOS_TCP, HTTP, HTTPS, TCP")]
    [TestCase("\"healthChecks\": [{\"protocol\": \"COMMAND\"}]",
        "healthChecks[0].command.value: a COMMAND check has none; accepted: a command line")]
    [TestCase("\"healthChecks\": [{\"protocol\": \"MESOS_TCP\", \"portIndex\": 2}]",
        "healthChecks[0].portIndex: 2 names no port; accepted: 0 to 0, as the app has 1 ports")]
    [TestCase("\"fetch\": [{}]", "fetch[0].uri: the artifact has none; accepted: a path or a file:// URI")]
    [TestCase("\"fetch\": [{\"uri\": \"a\", \"destPath\": \"../a\"}]",
        "fetch[0].destPath: \"../a\" is not accepted; accepted: a relative path inside the sandbox")]
    [TestCase("\"taskKillGracePeriodSeconds\": 1.5",
        "taskKillGracePeriodSeconds: 1.5 is not accepted; accepted: a whole number from 0")]
    [TestCase("\"user\": \"\"", "user: \"\" is not accepted; accepted: a user's name")]
    [TestCase("\"user\": \"a\", \"user\": \"b\"", "user: \"b\" is given twice; accepted: each name once")]
    [TestCase("\"args\": [\"a\"]", "args: [\"a\"] is not accepted; accepted: cmd, a command line: what Marathon makes of args cannot be started with a custom executor")]
    [TestCase("\"container\": {\"docker\": {\"image\": \"x\"}}",
        "container.docker: {\"image\": \"x\"} is not accepted; accepted: no docker image: tasks run as plain processes here")]
    public void A_wrong_field_is_named_with_its_value_and_what_is_accepted(string members, string message) =>
        Assert.That(Apps.RefuseWith(members).Message, Does.StartWith(message));

    [TestCase("{\"id\": \"/a\"}", "cmd: nothing to run is given; accepted: a command line")]
    [TestCase("{\"id\": \"/a\", \"args\": [\"a\"]}", "args: [\"a\"] is not accepted; accepted: cmd, a command line: ")]
    [TestCase("{\"cmd\": \"true\"}", "id: the app has none; accepted: a path of lower-case letters")]
    [TestCase("{\"id\": \"/Shop\", \"cmd\": \"true\"}", "id: \"/Shop\" is not accepted; accepted: a path of lower-case letters")]
    [TestCase("{\"id\": \"/shop//cart\", \"cmd\": \"true\"}", "id: \"/shop//cart\" is not accepted")]
    [TestCase("[]", "the app: [] is not accepted; accepted: an object with id, cmd")]
    [TestCase("{\n \"id\": }", "not JSON at line 2, byte 8; accepted: one Marathon app definition")]
    [TestCase("", "not JSON at line 1, byte 1; accepted: one Marathon app definition")]
    public void What_is_no_app_is_refused(string json, string message) =>
        Assert.That(Apps.Refuse(json).Message, Does.StartWith(message));

    [Test]
    public void A_long_value_is_shown_short_and_on_one_line()
    {
        var message = Apps.RefuseWith($"\"mem\": [\n\"{new string('x', 5000)}\"\n]").Message;
        Assert.That(message, Has.Length.LessThan(200));
        Assert.That(message, Does.Not.Contain("\n"));
    }

    [TestCase("web.json")]
    [TestCase("stubborn.json")]
    [TestCase("batch.json")]
    public void The_examples_are_sound(string name)
    {
        var path = Path.Combine(Repository.Root, "examples", "marathon", name);
        Assert.That(() => Control.Marathon.AppReader.ReadFile(path, TimeProvider.System), Throws.Nothing);
    }

    [Test]
    public void A_file_that_is_not_there_is_named() =>
        Assert.That(
            () => Control.Marathon.AppReader.ReadFile("nowhere.json", TimeProvider.System),
            Throws.TypeOf<UsageException>().With.Message.EqualTo(
                "nowhere.json: the file does not exist; accepted: a Marathon app definition in JSON"));
}
