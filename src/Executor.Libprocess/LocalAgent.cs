using System.Threading.Channels;
using Executor.Core.Ports;
using Executor.Libprocess.Wire;
using Mesos;

namespace Executor.Libprocess;

/// <summary>
/// A Mesos agent for one machine: starts executors as an agent does and speaks the agent's side of the v0 executor
/// protocol with them. There is no master and no scheduler: the owner of this object is both.
/// </summary>
/// <remarks>
/// All members may be called from any thread, and none waits for an executor but <see cref="RestartAsync"/> and
/// <see cref="DisposeAsync"/>. Commands take effect one after another, in the order of the calls.
/// </remarks>
public sealed class LocalAgent : IAsyncDisposable
{
    /// <summary>Binds the listener, so that <see cref="Self"/> is known; nothing is accepted before <see cref="Start"/>.</summary>
    /// <exception cref="ArgumentException">The options name a Mesos release outside 0.22 to 1.11.</exception>
    public LocalAgent(LocalAgentOptions options, IProcessLauncher launcher, TimeProvider time)
    {
    }

    /// <summary>Everything that happens; completes after <see cref="DisposeAsync"/>. Not bounded: read it.</summary>
    public ChannelReader<AgentEvent> Events => throw new NotImplementedException();

    /// <summary>The agent's libprocess PID: what executors get as MESOS_SLAVE_PID.</summary>
    public Upid Self => throw new NotImplementedException();

    public string AgentId => throw new NotImplementedException();

    public string FrameworkId => throw new NotImplementedException();

    public void Start() => throw new NotImplementedException();

    /// <summary>
    /// Gives a task to its executor, which is started when it does not run yet. Agent and framework ids are filled in.
    /// </summary>
    /// <param name="task">Copied; must carry <c>executor</c> with a command.</param>
    /// <exception cref="ArgumentException">The task is not one an agent would accept; the message says why.</exception>
    public void LaunchTask(TaskInfo task) => throw new NotImplementedException();

    /// <summary>Asks for a task's end, as often as called. A task not yet given to its executor ends here and now.</summary>
    /// <param name="gracePeriod">Sent as the kill's own <c>kill_policy</c> from 1.0.</param>
    public void KillTask(string taskId, TimeSpan? gracePeriod = null) => throw new NotImplementedException();

    /// <summary>Sends a scheduler's message to an executor; dropped with a warning when it is not registered.</summary>
    /// <param name="data">Copied before the call returns.</param>
    public void SendFrameworkMessage(string executorId, ReadOnlySpan<byte> data) => throw new NotImplementedException();

    /// <summary>Tells an executor to end, and destroys its process tree after the shutdown grace period.</summary>
    public void ShutdownExecutor(string executorId) => throw new NotImplementedException();

    /// <summary>Kills an executor's process tree at once: an agent's container destroy.</summary>
    public void DestroyExecutor(string executorId) => throw new NotImplementedException();

    /// <summary>From now on status updates are reported but not acknowledged, as when the agent cannot store them.</summary>
    public void HoldAcknowledgements() => throw new NotImplementedException();

    /// <summary>Sends the acknowledgements held back so far, in order, and holds back no more.</summary>
    public void ReleaseAcknowledgements() => throw new NotImplementedException();

    /// <summary>
    /// Stops the agent as a restart does: its connections break, and after <paramref name="downtime"/> it is back on
    /// the same port. When checkpointing it then recovers its executors: it asks them to reconnect, and destroys those
    /// that do not within the re-registration timeout. Commands given meanwhile wait.
    /// </summary>
    /// <returns>Completes when the agent listens again and has asked its executors to reconnect.</returns>
    public Task RestartAsync(TimeSpan downtime) => throw new NotImplementedException();

    /// <summary>Kills what still runs, waits until no process is left, and closes the listener.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
