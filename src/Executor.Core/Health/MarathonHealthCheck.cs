using System.Text.Json;
using System.Text.Json.Serialization;
using Executor.Core.Hooks;

namespace Executor.Core.Health;

/// <summary>
/// Marathon's health check object. Those of its protocols HTTP, HTTPS and TCP are done by Marathon and never reach an
/// executor; the label <c>health-check</c> brings one here. Defaults are Marathon's, but for the delay: none.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record MarathonHealthCheck
{
    public const string Label = "health-check";

    public string Protocol { get; init; } = "HTTP";

    public string Path { get; init; } = "/";

    /// <summary>A fixed port; it wins over <see cref="PortIndex"/>.</summary>
    public int? Port { get; init; }

    public int PortIndex { get; init; }

    public CommandLine? Command { get; init; }

    public double DelaySeconds { get; init; }

    public double IntervalSeconds { get; init; } = 60;

    public double TimeoutSeconds { get; init; } = 20;

    public double GracePeriodSeconds { get; init; } = 300;

    public int MaxConsecutiveFailures { get; init; } = 3;

    public string IpProtocol { get; init; } = "IPv4";

    /// <summary>A server that answers 1xx and nothing more has not answered yet, here.</summary>
    public bool IgnoreHttp1xx { get; init; }

    /// <exception cref="InvalidTaskException">It is no such object.</exception>
    public static MarathonHealthCheck Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, MarathonJson.Default.MarathonHealthCheck)
                ?? throw new InvalidTaskException($"label {Label} is null: accepted is Marathon's health check object");
        }
        catch (JsonException e)
        {
            throw new InvalidTaskException(
                $"label {Label} is wrong at {e.Path ?? "$"}, byte {e.BytePositionInLine + 1}: accepted is Marathon's health check object in JSON");
        }
    }

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record CommandLine(string Value);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MarathonHealthCheck))]
internal sealed partial class MarathonJson : JsonSerializerContext;
