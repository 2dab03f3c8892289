using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Executor.Core.Hooks;

/// <summary>What an external hook is told: docs/hook.schema.json, one JSON object in UTF-8.</summary>
internal static class HookDocument
{
    private const int Version = 1;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="pid">Of the task's leader; null while it does not run.</param>
    public static ReadOnlyMemory<byte> Write(HookStage stage, HookedTask task, int? pid)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("stage", HookStages.NameOf(stage));
            json.WriteStartObject("task");
            WriteTask(json, task, pid);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }

    private static void WriteTask(Utf8JsonWriter json, HookedTask task, int? pid)
    {
        json.WriteString("id", task.Id);
        json.WriteString("name", task.Info.Name);
        json.WriteString("executor", task.Executor.ExecutorId);
        json.WriteString("framework", task.Executor.Framework);
        json.WriteString("agent", task.Executor.Agent);
        json.WriteString("sandbox", task.Process.WorkingDirectory);
        if (pid is { } leader) json.WriteNumber("pid", leader);
        json.WriteStartArray("ports");
        foreach (var port in task.Info.Discovery?.Ports?.Ports_ ?? [])
        {
            json.WriteStartObject();
            json.WriteNumber("number", port.Number);
            if (port.HasName) json.WriteString("name", port.Name);
            if (port.HasProtocol) json.WriteString("protocol", port.Protocol);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("labels");
        foreach (var (name, value) in task.Labels.All) json.WriteString(name, value);
        json.WriteEndObject();
    }
}
