using NLog;

namespace Executor.Core.Lifecycle;

/// <summary>Answers what a framework sends: every message gets one, so that its sender learns what became of it.</summary>
internal static class FrameworkMessages
{
    private static readonly Logger Log = LogManager.GetLogger("executor");

    /// <param name="data">The framework's bytes, whatever they are.</param>
    /// <param name="destroy">Ends a task with no grace; false when there is none of that id.</param>
    /// <param name="time">The clock of the snapshot.</param>
    /// <returns>The answer's bytes.</returns>
    public static ReadOnlySpan<byte> Answer(
        ReadOnlySpan<byte> data, Func<HostSnapshot> snapshot, Func<string, bool> destroy, TimeProvider time)
    {
        switch (FrameworkRequest.Parse(data))
        {
            case FrameworkRequest.Status:
                return FrameworkAnswer.Status(snapshot(), time);
            case FrameworkRequest.Destroy { TaskId: var id }:
                return destroy(id) ? FrameworkAnswer.Destroying(id) : Refuse($"no task \"{id}\" runs here");
            case FrameworkRequest.Unknown { Error: var error }:
                return Refuse(error);
            case var request:
                throw new ArgumentException(request.GetType().Name, nameof(data));
        }
    }

    private static ReadOnlySpan<byte> Refuse(string error)
    {
        Log.Warn("a framework message is refused: {0}", error);
        return FrameworkAnswer.Error(error);
    }
}
