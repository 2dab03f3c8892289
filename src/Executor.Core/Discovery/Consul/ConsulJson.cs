using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Executor.Core.Configuration;

namespace Executor.Core.Discovery.Consul;

/// <summary>The bodies of Consul's API, written and read by hand: nothing here needs reflection.</summary>
internal static class ConsulJson
{
    public static ReadOnlyMemory<byte> Registration(ConsulService service, int weight, bool healthy) => Write(json =>
    {
        json.WriteString("ID", service.Id);
        json.WriteString("Name", service.Name);
        json.WriteString("Address", service.Address);
        json.WriteNumber("Port", service.Port);
        json.WriteStartArray("Tags");
        foreach (var tag in service.Tags) json.WriteStringValue(tag);
        json.WriteEndArray();
        json.WriteStartObject("Meta");
        foreach (var (key, value) in service.Meta) json.WriteString(key, value);
        json.WriteEndObject();
        json.WriteStartObject("Weights");
        json.WriteNumber("Passing", weight);
        json.WriteNumber("Warning", 1);
        json.WriteEndObject();
        if (service.Check is not { } check) return;
        json.WriteStartObject("Check");
        json.WriteString("CheckID", check.Id);
        json.WriteString(check.Kind, check.Value);
        if (check.Probing is { } probing)
        {
            json.WriteString("Interval", Duration(probing.Interval));
            if (!check.VerifyTls) json.WriteBoolean("TLSSkipVerify", true);
            if (probing.Timeout is { } timeout) json.WriteString("Timeout", Duration(timeout));
        }

        json.WriteString("Status", Status(healthy));
        json.WriteString("DeregisterCriticalServiceAfter", Duration(check.DeregisterAfter));
        json.WriteEndObject();
    });

    public static ReadOnlyMemory<byte> Health(bool healthy) => Write(json =>
    {
        json.WriteString("Status", Status(healthy));
        json.WriteString("Output", healthy ? "the executor finds the task healthy" : "the executor finds the task unhealthy");
    });

    /// <summary>As Go's parser of durations takes it.</summary>
    public static string Duration(TimeSpan duration) => duration.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + "s";

    /// <summary>Whether the answer of a health query holds a service.</summary>
    /// <exception cref="JsonException">It is no such answer.</exception>
    public static bool Holds(ReadOnlyMemory<byte> answer, string serviceId)
    {
        using var document = JsonDocument.Parse(answer);
        try
        {
            return document.RootElement is { ValueKind: JsonValueKind.Array } entries && entries.EnumerateArray().Any(entry =>
                entry.ValueKind == JsonValueKind.Object
                && entry.TryGetProperty("Service", out var service) && service.ValueKind == JsonValueKind.Object
                && service.TryGetProperty("ID", out var id) && id.ValueKind == JsonValueKind.String && id.ValueEquals(serviceId));
        }
        catch (InvalidOperationException e)
        {
            throw NoAnswer(e); // half of a surrogate pair
        }
    }

    /// <summary>
    /// The addresses in the answer of a health query; a service without one has its node's. One that nobody can connect
    /// to, such as that of a service without a port, is left out.
    /// </summary>
    /// <exception cref="JsonException">It is no such answer.</exception>
    public static IReadOnlyList<HostAndPort> Addresses(ReadOnlyMemory<byte> answer)
    {
        using var document = JsonDocument.Parse(answer);
        try
        {
            return [.. document.RootElement.EnumerateArray().Select(entry =>
            {
                var service = entry.GetProperty("Service");
                var own = service.GetProperty("Address").GetString();
                var host = string.IsNullOrEmpty(own) ? entry.GetProperty("Node").GetProperty("Address").GetString()! : own;
                return new HostAndPort(host, service.GetProperty("Port").GetInt32());
            }).Where(address => address.Port is > 0 and <= IPEndPoint.MaxPort && Uri.CheckHostName(address.Host) != UriHostNameType.Unknown)];
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw NoAnswer(e);
        }
    }

    private static JsonException NoAnswer(Exception e) => new("no answer to a health query", e);

    private static string Status(bool healthy) => healthy ? "passing" : "critical";

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> fields)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        fields(json);
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenMemory;
    }
}
