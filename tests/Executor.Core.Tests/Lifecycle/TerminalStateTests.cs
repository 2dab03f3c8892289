using Executor.Core.Lifecycle;
using Executor.Core.Ports;
using Mesos;
using Reason = Mesos.TaskStatus.Types.Reason;

namespace Executor.Core.Tests.Lifecycle;

public sealed class TerminalStateTests
{
    private static readonly ProcessExit Exit0 = new(0, null, false);
    private static readonly ProcessExit Exit3 = new(3, null, false);
    private static readonly ProcessExit Segv = new(null, 11, true);
    private static readonly ProcessExit Killed9 = new(null, 9, false);

    private static readonly ProcessExit Lost = new(null, null, false) { Lost = "was ended by signal SIGKILL (9)" };

    private static readonly ResourceUsage Used = new(TimeSpan.FromMilliseconds(123), TimeSpan.FromMilliseconds(75_041), 14_900_000);

    private static IEnumerable<TestCaseData> Endings()
    {
        TestCaseData Row(TaskEnding ending, TaskState state, string message) =>
            new TestCaseData(ending, state, message).SetArgDisplayNames($"{ending.Asked}, {message}");

        yield return Row(new(EndRequest.None, "", Exit0, null, false),
            TaskState.TaskFinished, "the command exited with status 0");
        yield return Row(new(EndRequest.None, "", Exit3, null, false),
            TaskState.TaskFailed, "the command exited with status 3");
        yield return Row(new(EndRequest.None, "", Segv, null, false),
            TaskState.TaskFailed, "the command was ended by signal SIGSEGV (11), core dumped");
        yield return Row(new(EndRequest.None, "", Exit3, null, false) { Usage = Used }, TaskState.TaskFailed,
            "the command exited with status 3 (user 0.12 s, system 75.04 s, peak 14.2 MiB)");
        yield return Row(new(EndRequest.Kill, "killed", Exit3, null, true) { Usage = Used }, TaskState.TaskKilled,
            "killed; the command exited with status 3, after the grace period was over (user 0.12 s, system 75.04 s, peak 14.2 MiB)");
        yield return Row(new(EndRequest.None, "", Lost, null, false), TaskState.TaskFailed,
            "how the command ended is unknown: its supervisor was ended by signal SIGKILL (9), and its processes were killed");
        yield return Row(new(EndRequest.Kill, "killed", Lost, null, false), TaskState.TaskKilled,
            "killed; how the command ended is unknown: its supervisor was ended by signal SIGKILL (9), and its processes were killed");
        yield return Row(new(EndRequest.None, "", Exit0, null, true),
            TaskState.TaskFinished, "the command exited with status 0");
        yield return Row(new(EndRequest.None, "", null, "cannot run \"x\"", false),
            TaskState.TaskFailed, "cannot run \"x\"");
        yield return Row(new(EndRequest.Failure, "broken", Exit0, null, false),
            TaskState.TaskFailed, "broken; the command exited with status 0");
        yield return Row(new(EndRequest.Kill, "killed", Exit0, null, false),
            TaskState.TaskKilled, "killed; the command exited with status 0");
        yield return Row(new(EndRequest.Kill, "killed", Killed9, null, true), TaskState.TaskKilled,
            "killed; the command was ended by signal SIGKILL (9), after the grace period was over");
        yield return Row(new(EndRequest.Kill, "killed", null, null, false),
            TaskState.TaskKilled, "killed; nothing was running");
        yield return Row(new(EndRequest.Kill, "killed", null, "cannot run \"x\"", false),
            TaskState.TaskKilled, "killed; nothing was running, cannot run \"x\"");
        yield return Row(new(EndRequest.Kill, "killed", Killed9, null, true) { Shortened = "destroyed" },
            TaskState.TaskKilled, "killed, cut short: destroyed; the command was ended by signal SIGKILL (9)");
        yield return Row(new(EndRequest.Kill, "killed", null, null, true),
            TaskState.TaskKilled, "killed; its processes were still there after SIGKILL");
        yield return Row(new(EndRequest.Shutdown, "the agent is gone", Exit3, null, false),
            TaskState.TaskKilled, "the agent is gone; the command exited with status 3");
    }

    [TestCaseSource(nameof(Endings))]
    public void One_ending_gives_one_state(TaskEnding ending, TaskState state, string message)
    {
        var terminal = TerminalState.Decide(ending);

        Assert.That(terminal.State, Is.EqualTo(state));
        Assert.That(terminal.Message, Is.EqualTo(message));
    }

    private static readonly ProcessExit?[] Exits = [null, Exit0, Exit3, Segv, Killed9, Lost];

    [Test]
    public void What_was_asked_first_decides_whatever_the_command_makes_of_it(
        [ValueSource(nameof(Requests))] EndRequest asked, [ValueSource(nameof(Exits))] ProcessExit? exit,
        [Values(null, "cannot run")] string? startError, [Values] bool escalated)
    {
        var terminal = TerminalState.Decide(new TaskEnding(asked, "why it was asked", exit, startError, escalated));

        var (state, reason) = Expected[asked];
        Assert.That(terminal.State, Is.EqualTo(state));
        Assert.That(terminal.Reason, Is.EqualTo(reason));
        Assert.That(terminal.Message, Does.StartWith("why it was asked; "));
    }

    private static IEnumerable<EndRequest> Requests => Enum.GetValues<EndRequest>().Where(asked => asked != EndRequest.None);

    private static readonly Dictionary<EndRequest, (TaskState State, Reason? Reason)> Expected = new()
    {
        [EndRequest.Kill] = (TaskState.TaskKilled, null),
        [EndRequest.Destroy] = (TaskState.TaskKilled, null),
        [EndRequest.Shutdown] = (TaskState.TaskKilled, null),
        [EndRequest.CertificateExpired] = (TaskState.TaskKilled, null),
        [EndRequest.Failure] = (TaskState.TaskFailed, null),
        [EndRequest.Unhealthy] = (TaskState.TaskFailed, null),
        [EndRequest.HookFailed] = (TaskState.TaskFailed, null),
        [EndRequest.MaximumRunTime] = (TaskState.TaskFailed, Reason.MaxCompletionTimeReached),
    };
}
