using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Executor.Core.Hooks;
using Mesos;

namespace Executor.Core.Lifecycle;

/// <summary>One task as <c>status</c> shows it; taken by any thread while the task goes on.</summary>
/// <param name="State">The last one that was reported; null when there is none yet.</param>
/// <param name="Pid">Of the task's leader; null when it does not run yet.</param>
/// <param name="Launched">When the executor was given the task, in ticks of the clock.</param>
internal sealed record TaskSnapshot(string Id, TaskState? State, int? Pid, long Launched);

/// <summary>The executor as <c>status</c> shows it.</summary>
internal sealed record HostSnapshot
{
    public required ExecutorIdentity Executor { get; init; }

    public required bool ShuttingDown { get; init; }

    /// <summary>Null where the driver does not tell.</summary>
    public required int? Unacknowledged { get; init; }

    public required IEnumerable<TaskSnapshot> Tasks { get; init; }

    public required IEnumerable<KeyValuePair<(HookStage Stage, string Hook), HookCount>> Hooks { get; init; }
}

/// <summary>Answers to framework messages: one JSON object each, in UTF-8.</summary>
internal static class FrameworkAnswer
{
    private static readonly JsonWriterOptions Options = new()
    {
        // The reader is a program, not a page: only what JSON itself needs is escaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static ReadOnlySpan<byte> Error(string text) => Write(json => json.WriteString("error", text));

    public static ReadOnlySpan<byte> Destroying(string taskId) => Write(json =>
    {
        json.WriteString("task", taskId);
        json.WriteString("destroy", "the task is being ended with no grace");
    });

    /// <param name="time">The clock of the snapshots.</param>
    public static ReadOnlySpan<byte> Status(HostSnapshot host, TimeProvider time) => Write(json =>
    {
        json.WriteString("executor", host.Executor.ExecutorId);
        json.WriteString("framework", host.Executor.Framework);
        json.WriteString("agent", host.Executor.Agent);
        json.WriteBoolean("shuttingDown", host.ShuttingDown);
        if (host.Unacknowledged is { } updates) json.WriteNumber("unacknowledgedUpdates", updates);
        json.WriteStartArray("tasks");
        foreach (var task in host.Tasks)
        {
            json.WriteStartObject();
            json.WriteString("id", task.Id);
            if (task.State is { } state) json.WriteString("state", ProtoNames.Of(state));
            if (task.Pid is { } pid) json.WriteNumber("pid", pid);
            json.WriteNumber("secondsSinceLaunch", Math.Round(time.GetElapsedTime(task.Launched).TotalSeconds, 3));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("hooks");
        foreach (var ((stage, hook), count) in host.Hooks)
        {
            json.WriteStartObject();
            json.WriteString("hook", hook);
            json.WriteString("stage", HookStages.NameOf(stage));
            json.WriteNumber("runs", count.Runs);
            json.WriteNumber("failed", count.Failed);
            json.WriteNumber("timedOut", count.TimedOut);
            json.WriteNumber("seconds", Math.Round(count.Took.TotalSeconds, 3));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static ReadOnlySpan<byte> Write(Action<Utf8JsonWriter> members)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan;
    }
}
