using System.Text.Json;

namespace Executor.Control.Reporting;

/// <summary>Writes each event as one JSON object on a line of its own, for programs.</summary>
internal sealed class JsonLines(Stream output) : IReporter
{
    private readonly JsonLineWriter _lines = new(output);

    public void Report(RunEvent happened) => _lines.Write(json => Write(json, happened));

    private static void Write(Utf8JsonWriter json, RunEvent happened)
    {
        json.WriteStartObject();
        json.WriteNumber("ms", (long)happened.Elapsed.TotalMilliseconds);
        json.WriteString("event", happened.Event);
        Write(json, "task", happened.Task);
        Write(json, "instance", happened.Instance);
        if (happened.Ports is { } ports)
        {
            json.WriteStartArray("ports");
            foreach (var port in ports) json.WriteNumberValue(port);
            json.WriteEndArray();
        }

        Write(json, "sandbox", happened.Sandbox);
        Write(json, "state", happened.State);
        if (happened.Healthy is { } healthy) json.WriteBoolean("healthy", healthy);
        Write(json, "reason", happened.Reason);
        Write(json, "message", happened.Message);
        Write(json, "stream", happened.Stream);
        Write(json, "line", happened.Line);
        if (happened.Code is { } code) json.WriteNumber("code", code);
        if (happened.Signal is { } signal) json.WriteNumber("signal", signal);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }
}
