using Google.Protobuf;
using Mesos;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>Ids and commands that would mean something else to a shell or a file system.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[CancelAfter(30_000)]
public sealed class TaskIdTests(DriverKind driver)
{
    private static readonly string[] Ids =
    [
        new string('i', 255),
        "-rf",
        "..a",
        "a b\t$(touch made)`touch made`;'\"\\%n{0}${message}",
        "zażółć-🧨",
    ];

    [TestCaseSource(nameof(Ids))]
    public async Task A_task_of_any_id_runs_and_is_killed_by_it(string id, CancellationToken limit)
    {
        // The agent's folders bear the executor's id: no control character there.
        var executor = id.Replace('\t', ' ');
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("exec sleep 1000", task =>
        {
            task.TaskId.Value = executor;
            task.Executor.ExecutorId.Value = executor;
        });
        Assert.That((await rig.NextStatusAsync(TaskState.TaskStarting)).TaskId.Value, Is.EqualTo(executor));
        await rig.NextStatusAsync(TaskState.TaskRunning);

        rig.Agent.KillTask(executor);

        await rig.NextStatusAsync(TaskState.TaskKilling);
        Assert.That((await rig.NextStatusAsync(TaskState.TaskKilled)).TaskId.Value, Is.EqualTo(executor));
        await rig.ExpectExitAsync(0);
        Assert.That(await rig.ErrorsAsync(), Does.Contain($"task {executor}: TASK_KILLED"));
        Assert.That(Directory.GetFiles(rig.Sandbox), Has.Length.EqualTo(2), "stdout and stderr");
    }

    [Test]
    public async Task A_cmd_reaches_the_shell_with_all_its_quotes(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.Launch("""X=1 sh -c 'printf "%s." "a  b" "it'"'"'s" \$X "$X" "$(echo c)"'""");

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        Assert.That(await rig.OutputAsync(), Is.EqualTo("a  b.it's.$X.1.c."));
    }
}
