using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Executor.Control.Marathon;

namespace Executor.Control.CommandLine;

/// <summary>The syntax of <c>executorctl run</c>.</summary>
internal sealed class RunCommand
{
    private static readonly string[] Drivers = ["auto", "managed", "libmesos"];

    private readonly Argument<string> _app = new("APP.json") { Description = "a Marathon app definition" };
    private readonly Option<int?> _instances = Options.Typed<int?>(
        "--instances", "N", "how many tasks to run, over the file's instances", ParseInstances);

    private readonly Option<TimeSpan?> _killAfter = Duration("--kill-after", "kill the tasks after this time");
    private readonly Option<TimeSpan?> _shutdownAfter = Duration("--shutdown-after", "shut the executors down after this time");
    private readonly Option<TimeSpan?> _restartAgentAfter = Duration("--restart-agent-after", "restart the agent after this time");
    private readonly Option<string?> _driver = Options.Typed<string?>(
        "--driver", "DRIVER", "the executor's driver: auto, managed or libmesos", ParseDriver);

    private readonly Option<string?> _executor = Options.Path(
        "--executor", "PATH", "the executor program (default: executor beside executorctl)");

    private readonly Option<string?> _sandbox = Options.Path(
        "--sandbox", "DIR", "where the sandboxes go and stay (default: a temporary directory, removed when all went well)");

    private readonly Option<KeyValuePair<string, string>[]> _env = Options.Pairs("--env", "a variable for the task, over the file's; repeatable");
    private readonly Option<KeyValuePair<string, string>[]> _labels = Options.Pairs("--label", "a label for the task, over the file's; repeatable");
    private readonly Option<bool> _json = new("--json") { Description = "write events as JSON, one a line" };

    /// <param name="run">Runs what was asked and returns the exit code.</param>
    public Command Build(Func<RunOptions, Task<int>> run)
    {
        var command = new Command("run", "Run a Marathon app here, without a cluster, and show what happens.")
        {
            _app, _instances, _killAfter, _shutdownAfter, _restartAgentAfter, _driver, _executor, _sandbox, _env, _labels,
            _json,
        };
        // The parser takes an option that it does not know for the argument.
        _app.Validators.Add(result =>
        {
            if (Options.Value(result).StartsWith('-'))
                result.AddError($"{Options.Value(result)}: unknown option; accepted: those that executorctl run --help lists");
        });
        command.SetAction((parsed, _) => run(Read(parsed)));
        return command;
    }

    private RunOptions Read(ParseResult parsed) => new()
    {
        App = parsed.GetRequiredValue(_app),
        Instances = parsed.GetValue(_instances),
        KillAfter = parsed.GetValue(_killAfter),
        ShutdownAfter = parsed.GetValue(_shutdownAfter),
        RestartAgentAfter = parsed.GetValue(_restartAgentAfter),
        Driver = parsed.GetValue(_driver),
        Executor = parsed.GetValue(_executor),
        Sandbox = parsed.GetValue(_sandbox),
        Env = parsed.GetValue(_env) ?? [],
        Labels = parsed.GetValue(_labels) ?? [],
        Json = parsed.GetValue(_json),
    };

    private static Option<TimeSpan?> Duration(string name, string description) =>
        Options.Typed<TimeSpan?>(name, "DURATION", description, result => Durations.TryParse(Options.Value(result), out var duration)
            ? duration
            : Options.Refuse<TimeSpan?>(result, name, Durations.Accepted));

    private static int? ParseInstances(ArgumentResult result) =>
        int.TryParse(Options.Value(result), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= AppDefinition.MostInstances
            ? count
            : Options.Refuse<int?>(result, "--instances", $"a whole number from 1 to {AppDefinition.MostInstances}");

    private static string? ParseDriver(ArgumentResult result) =>
        Drivers.Contains(Options.Value(result)) ? Options.Value(result) : Options.Refuse<string>(result, "--driver", string.Join(", ", Drivers));
}
