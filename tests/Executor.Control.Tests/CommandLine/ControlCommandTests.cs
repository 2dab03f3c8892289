using Executor.Control.CommandLine;

namespace Executor.Control.Tests.CommandLine;

public class ControlCommandTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private RunOptions? _asked;
    private DoctorOptions? _askedDoctor;
    private SecretOptions? _askedSecrets;

    [SetUp]
    public void SetUp()
    {
        _output.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
        _asked = null;
        _askedDoctor = null;
        _askedSecrets = null;
    }

    [OneTimeTearDown]
    public void TearDown()
    {
        _output.Dispose();
        _error.Dispose();
    }

    private Task<int> InvokeAsync(params string[] args) => ControlCommand.InvokeAsync(
        args,
        options =>
        {
            _asked = options;
            return Task.FromResult(0);
        },
        options =>
        {
            _askedDoctor = options;
            return Task.FromResult(1);
        },
        options =>
        {
            _askedSecrets = options;
            return Task.FromResult(0);
        },
        _output,
        _error);

    [Test]
    public async Task All_options_are_understood()
    {
        var code = await InvokeAsync(
            "run", "app.json", "--instances", "3", "--kill-after", "500ms", "--shutdown-after=2m",
            "--restart-agent-after", "1", "--driver", "managed", "--executor", "/e", "--sandbox", "/s",
            "--env", "A=b=c", "--env", "B=", "--label", "consul=true", "--json");
        Assert.That(code, Is.Zero);
        Assert.That(_asked, Is.Not.Null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_asked.App, Is.EqualTo("app.json"));
            Assert.That(_asked.Instances, Is.EqualTo(3));
            Assert.That(_asked.KillAfter, Is.EqualTo(TimeSpan.FromMilliseconds(500)));
            Assert.That(_asked.ShutdownAfter, Is.EqualTo(TimeSpan.FromMinutes(2)));
            Assert.That(_asked.RestartAgentAfter, Is.EqualTo(TimeSpan.FromSeconds(1)));
            Assert.That(_asked.Driver, Is.EqualTo("managed"));
            Assert.That(_asked.Executor, Is.EqualTo("/e"));
            Assert.That(_asked.Sandbox, Is.EqualTo("/s"));
            Assert.That(_asked.Env, Is.EqualTo(new Dictionary<string, string> { ["A"] = "b=c", ["B"] = "" }));
            Assert.That(_asked.Labels, Is.EqualTo(new Dictionary<string, string> { ["consul"] = "true" }));
            Assert.That(_asked.Json, Is.True);
        }
    }

    [Test]
    public async Task Options_left_out_are_null()
    {
        await InvokeAsync("run", "app.json");
        Assert.That(_asked, Is.EqualTo(new RunOptions { App = "app.json", Env = _asked!.Env, Labels = _asked.Labels }));
        Assert.That(_asked.Env, Is.Empty);
    }

    [TestCase("--kill-after: 'soon' is not accepted; accepted: a duration such as 500ms, 5s, 2m or 1h, or plain seconds",
        "run", "a.json", "--kill-after", "soon")]
    [TestCase("--instances: '0' is not accepted; accepted: a whole number from 1 to 1000", "run", "a.json", "--instances", "0")]
    [TestCase("--driver: 'native' is not accepted; accepted: auto, managed, libmesos", "run", "a.json", "--driver", "native")]
    [TestCase("--env: 'A' is not accepted; accepted: NAME=VALUE", "run", "a.json", "--env", "A")]
    [TestCase("--label: '=x' is not accepted; accepted: NAME=VALUE", "run", "a.json", "--label", "=x")]
    [TestCase("--bogus: unknown option; accepted: those that executorctl run --help lists", "run", "--bogus")]
    [TestCase("--sandbox: '' is not accepted; accepted: a path", "run", "a.json", "--sandbox", "")]
    [TestCase("--sandbox: no value is given; accepted: --sandbox DIR", "run", "a.json", "--sandbox")]
    [TestCase("--env: no value is given; accepted: --env K=V", "run", "a.json", "--env")]
    [TestCase("--for: no value is given; accepted: --for CERT.pem", "encrypt")]
    [TestCase("--key: no value is given; accepted: --key KEY.pem", "decrypt", "--key")]
    [TestCase("--key: 2 values are given; accepted: --key KEY.pem, once", "decrypt", "--key", "a", "--key", "b")]
    public async Task A_bad_value_is_one_line_and_exit_code_2(string message, params string[] args)
    {
        Assert.That(await InvokeAsync(args), Is.EqualTo(2));
        Assert.That(_error.ToString(), Is.EqualTo($"executorctl: {message}{Environment.NewLine}"));
        Assert.That(_output.ToString(), Is.Empty);
        Assert.That(_asked, Is.Null);
    }

    [TestCase("--nothing", "run", "a.json", "--nothing")]
    [TestCase("run", "rum", "a.json")]
    [TestCase("")]
    [TestCase("APP.json", "run")]
    [TestCase("--json", "run", "a.json", "--json", "extra")]
    [TestCase("--nothing", "doctor", "--nothing")]
    [TestCase("extra", "doctor", "extra")]
    public async Task A_wrong_command_line_is_one_line_and_exit_code_2(string _, params string[] args)
    {
        Assert.That(await InvokeAsync(args), Is.EqualTo(2));
        Assert.That(_error.ToString().TrimEnd().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(_error.ToString(), Does.StartWith("executorctl: "));
        Assert.That(_output.ToString(), Is.Empty);
        Assert.That(_askedDoctor, Is.Null);
    }

    [Test]
    public async Task The_options_of_doctor_are_understood_and_its_exit_code_is_the_program_s()
    {
        Assert.That(await InvokeAsync("doctor"), Is.EqualTo(1));
        Assert.That(_askedDoctor, Is.EqualTo(new DoctorOptions(Json: false, Verbose: false)));

        await InvokeAsync("doctor", "--json", "--verbose");
        Assert.That(_askedDoctor, Is.EqualTo(new DoctorOptions(Json: true, Verbose: true)));
    }

    [Test]
    public async Task The_version_is_one_plain_line()
    {
        Assert.That(await InvokeAsync("--version"), Is.Zero);
        Assert.That(_output.ToString().Trim(), Is.EqualTo("executorctl 0.1.0"));
    }

    [Test]
    public async Task Help_names_every_option()
    {
        Assert.That(await InvokeAsync("run", "--help"), Is.Zero);
        Assert.That(_output.ToString(), Does.Contain("--kill-after <DURATION>").And.Contain("--json").And.Contain("<APP.json>"));
        Assert.That(_error.ToString(), Is.Empty);
    }

    [Test]
    public async Task Help_of_doctor_names_its_options_and_the_general_help_names_doctor()
    {
        await InvokeAsync("doctor", "--help");
        Assert.That(_output.ToString(), Does.Contain("--json").And.Contain("--verbose"));

        await InvokeAsync("--help");
        Assert.That(_output.ToString(), Does.Match("(?m)^  doctor "));
    }
}
