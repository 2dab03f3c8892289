using System.Threading.Channels;
using Executor.Core.Hooks;
using Mesos;

namespace Executor.Core.Lifecycle;

/// <summary>
/// Everything that happens to one task comes through here, to one reader. Posting returns at once, on any thread.
/// </summary>
internal sealed class TaskInbox : ITaskControl
{
    private readonly Channel<TaskMessage> _messages =
        Channel.CreateUnbounded<TaskMessage>(new UnboundedChannelOptions { SingleReader = true });

    public ValueTask<TaskMessage> ReadAsync() => _messages.Reader.ReadAsync();

    public void Post(TaskMessage message) => _messages.Writer.TryWrite(message);

    /// <summary>Repeating it changes nothing.</summary>
    public void Kill() => Post(new TaskMessage.EndRequested(EndRequest.Kill, "killed by the framework"));

    /// <summary>A kill with no grace; of one that is under way it takes the rest.</summary>
    public void Destroy() => Post(new TaskMessage.EndRequested(EndRequest.Destroy, "destroyed by a framework message"));

    /// <summary>Ends the task within the times of a shutdown, whatever was under way.</summary>
    /// <param name="request">Whether the executor has to go, or failed.</param>
    public void Shutdown(EndRequest request, string why, ShutdownTimes times) =>
        Post(new TaskMessage.EndRequested(request, why, times));

    /// <inheritdoc/>
    public void ReportHealth(bool healthy, string? text = null) => Post(new TaskMessage.HealthReported(healthy, text));

    /// <inheritdoc/>
    public void ReportCheck(CheckStatusInfo status) => Post(new TaskMessage.CheckReported(status));

    /// <inheritdoc/>
    public void EndUnhealthy(string why) => Post(new TaskMessage.EndRequested(EndRequest.Unhealthy, why));

    /// <inheritdoc/>
    public void EndExpired(string why) => Post(new TaskMessage.EndRequested(EndRequest.CertificateExpired, why));
}
