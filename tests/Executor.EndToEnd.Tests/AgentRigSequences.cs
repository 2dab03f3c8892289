using System.Text.Json;
using Executor.EndToEnd.Tests.Torture;
using Executor.Libprocess;
using Google.Protobuf;
using Mesos;
using Mesos.Internal;

namespace Executor.EndToEnd.Tests;

/// <summary>What several tests do with a rig in the same way.</summary>
internal static class AgentRigSequences
{
    private const string Keeper = "keeper";

    /// <summary>Launches a task that keeps the executor until <see cref="KillKeeperAsync"/>.</summary>
    /// <returns>How many processes the executor has with it.</returns>
    public static async Task<int> LaunchKeeperAsync(this AgentRig rig)
    {
        rig.LaunchScript("exec sleep 1000", id: Keeper);
        await rig.ExpectRunningAsync();
        return MarkedProcesses.Below(rig.ExecutorPid).Count;
    }

    /// <summary>Waits until the executor has no more processes than that, zombies counted; then ends it with its keeper.</summary>
    public static async Task KillKeeperAsync(this AgentRig rig, int processes, CancellationToken limit)
    {
        while (MarkedProcesses.Below(rig.ExecutorPid).Count > processes)
        {
            Assert.That(limit.IsCancellationRequested, Is.False, MarkedProcesses.Describe(rig.ExecutorPid));
            await Task.Yield();
        }

        rig.Agent.KillTask(Keeper);
        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);
        await rig.ExpectExitAsync(0);
    }

    /// <summary>The next statuses of whatever task, by task and in order.</summary>
    public static async Task<ILookup<string, TaskState>> NextStatusesAsync(this AgentRig rig, int count)
    {
        var statuses = new List<Mesos.TaskStatus>();
        while (statuses.Count < count) statuses.Add(await rig.NextStatusAsync());
        return statuses.ToLookup(status => status.TaskId.Value, status => status.State);
    }

    /// <summary>Asks the executor by framework message. What went to it before is handled when the answer comes.</summary>
    public static async Task<JsonElement> AskAsync(this AgentRig rig, ReadOnlyMemory<byte> message)
    {
        rig.Agent.SendFrameworkMessage("executor", message.Span);
        while (true)
        {
            var next = await rig.ReadAsync();
            Assert.That(next, Is.Not.InstanceOf<AgentEvent.TaskUpdated>());
            if (next is AgentEvent.FrameworkMessage answer) return JsonDocument.Parse(answer.Data).RootElement;
        }
    }

    public static Task<JsonElement> AskAsync(this AgentRig rig, string message) =>
        rig.AskAsync(AgentRig.Utf8(message).Memory);

    /// <summary>Delivers a launch that the agent knows nothing of.</summary>
    public static void SendLaunch(this AgentRig rig, string script, string id)
    {
        var task = rig.WithData(new CommandInfo { Value = script }.ToByteString(), 5, id);
        task.SlaveId.Value = rig.Agent.AgentId;
        var framework = new FrameworkID { Value = rig.Agent.FrameworkId };
        rig.Agent.SendUnasked("executor", new RunTaskMessage
        {
            FrameworkId = framework,
            Framework = new FrameworkInfo { Id = framework, User = "", Name = "" },
            Pid = "scheduler@127.0.0.1:1",
            Task = task,
        });
    }

    /// <summary>Delivers a kill, whether or not the agent knows the task.</summary>
    public static void SendKill(this AgentRig rig, string id) => rig.Agent.SendUnasked("executor", new KillTaskMessage
    {
        FrameworkId = new FrameworkID { Value = rig.Agent.FrameworkId },
        TaskId = new TaskID { Value = id },
    });
}
