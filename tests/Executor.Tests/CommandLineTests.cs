namespace Executor.Tests;

/// <summary>What the executor answers where no agent has started it.</summary>
public sealed class CommandLineTests
{
    [Test]
    public void The_effective_configuration_comes_with_a_line_for_each_variable_that_is_no_setting()
    {
        var (code, output, errors) = Answer(
            ["--print-config"], ("EXECUTOR_LOGLEVEL", "debug"), ("EXECUTOR_DRIVER", "managed"), ("EXECUTOR_DRIVR", "auto"));

        Assert.That(code, Is.Zero);
        Assert.That(output, Does.Contain("EXECUTOR_DRIVER=managed  # environment\n"));
        Assert.That(errors, Is.EqualTo(
            "executor: EXECUTOR_DRIVR is not a setting of this executor and does nothing\n"
            + "executor: EXECUTOR_LOGLEVEL is not a setting of this executor and does nothing\n"));
    }

    [Test]
    public void A_configuration_that_is_not_accepted_is_one_line_and_not_shown()
    {
        var (code, output, errors) = Answer(["--print-config"], ("EXECUTOR_DRIVER", "java"), ("EXECUTOR_DRIVR", "auto"));

        Assert.That(code, Is.EqualTo(2));
        Assert.That(output, Is.Empty);
        Assert.That(errors, Does.Match("^executor: EXECUTOR_DRIVER is \"java\": accepted: .*\n$"));
    }

    [TestCase("executor: unknown argument \"extra\": accepted is --print-config alone", "--print-config", "extra")]
    [TestCase("executor: unknown argument \"--help\": accepted is --version alone", "--version", "--help")]
    [TestCase("executor: unknown option \"--bogus\": accepted are --help, --version, --print-config", "--bogus", "--help")]
    public void A_word_that_is_not_accepted_is_one_line(string line, params string[] arguments) =>
        Assert.That(Answer(arguments), Is.EqualTo((2, "", $"{line}\n")));

    [Test]
    public void A_command_is_nothing_to_answer() => Assert.That(Answer(["sleep", "--help"]).Code, Is.Null);

    private static (int? Code, string Output, string Errors) Answer(
        string[] arguments, params (string Name, string Value)[] environment)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = CommandLine.Answer(
            environment.ToDictionary(variable => variable.Name, variable => variable.Value), arguments, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
