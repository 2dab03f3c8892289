using System.Text.Json;
using System.Text.Json.Serialization;
using Executor.Core.Hooks;

namespace Executor.Core.Health;

/// <summary>
/// Marathon's health check object. Those of its protocols HTTP, HTTPS and TCP are done by Marathon and never reach an
/// executor; the label <c>health-check</c> brings one here. Defaults are Marathon's, but for the delay: none. They would
/// be lost with init-only properties, which the generated reader always sets.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class MarathonHealthCheck
{
    public string Protocol { get; set; } = "HTTP";

    public string Path { get; set; } = "/";

    /// <summary>A fixed port; it wins over <see cref="PortIndex"/>.</summary>
    public int? Port { get; set; }

    public int PortIndex { get; set; }

    public CommandLine? Command { get; set; }

    public double DelaySeconds { get; set; }

    public double IntervalSeconds { get; set; } = 60;

    public double TimeoutSeconds { get; set; } = 20;

    public double GracePeriodSeconds { get; set; } = 300;

    public int MaxConsecutiveFailures { get; set; } = 3;

    public string IpProtocol { get; set; } = "IPv4";

    /// <summary>A server that answers 1xx and nothing more has not answered yet, here.</summary>
    public bool IgnoreHttp1xx { get; set; }

    /// <exception cref="InvalidTaskException">It is no such object.</exception>
    public static MarathonHealthCheck Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, MarathonJson.Default.MarathonHealthCheck)
                ?? throw new InvalidTaskException($"label {HealthLabels.HealthCheck.Name} is null: accepted is {HealthLabels.HealthCheck.Accepted}");
        }
        catch (JsonException e)
        {
            throw new InvalidTaskException(
                $"label {HealthLabels.HealthCheck.Name} is wrong at {e.Path ?? "$"}, byte {e.BytePositionInLine + 1}: accepted is {HealthLabels.HealthCheck.Accepted}");
        }
    }

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record CommandLine(string Value);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MarathonHealthCheck))]
internal sealed partial class MarathonJson : JsonSerializerContext;
