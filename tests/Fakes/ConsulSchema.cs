using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Executor.Tests.Fakes;

/// <summary>
/// What a request to Consul's agent may hold (its HTTP API's documentation of services and checks); everything else is an
/// error, and so is what Consul takes and silently changes.
/// </summary>
internal static partial class ConsulSchema
{
    private static readonly Dictionary<string, Func<JsonElement, string?>> Weights = new()
    {
        ["Passing"] = json => Number(json, 1, ushort.MaxValue),
        ["Warning"] = json => Number(json, 0, ushort.MaxValue),
    };

    private static readonly Dictionary<string, Func<JsonElement, string?>> Checks = new()
    {
        ["CheckID"] = Text,
        ["Name"] = Text,
        ["Notes"] = Text,
        ["TTL"] = Duration,
        ["HTTP"] = json => Text(json) ?? (Uri.TryCreate(json.GetString(), UriKind.Absolute, out _) ? null : "no address"),
        ["TCP"] = Text,
        ["Method"] = Text,
        ["Interval"] = Duration,
        ["Timeout"] = Duration,
        ["TLSServerName"] = Text,
        ["TLSSkipVerify"] = Flag,
        ["Status"] = Status,
        ["DeregisterCriticalServiceAfter"] = json => Duration(json) ?? (Parse(json.GetString()!) >= TimeSpan.FromMinutes(1) ? null : "below a minute"),
    };

    private static readonly Dictionary<string, Func<JsonElement, string?>> Update = new()
    {
        ["Status"] = Status,
        ["Output"] = Text,
    };

    private static readonly Dictionary<string, Func<JsonElement, string?>> Service = new()
    {
        ["ID"] = Text,
        ["Name"] = Text,
        ["Address"] = Text,
        ["Namespace"] = Text,
        ["Kind"] = Text,
        ["Port"] = json => Number(json, 1, ushort.MaxValue),
        ["Tags"] = json => json.ValueKind != JsonValueKind.Array ? "no array" : json.EnumerateArray().Select(Text).FirstOrDefault(e => e is not null),
        ["Meta"] = Meta,
        ["Weights"] = json => Fields(json, Weights),
        ["EnableTagOverride"] = Flag,
        ["Check"] = Check,
    };

    /// <returns>What is wrong; null where nothing is.</returns>
    public static string? OfRegistration(JsonElement body) => Fields(body, Service) ?? Missing(body, "Name", "ID");

    public static string? OfUpdate(JsonElement body) => Fields(body, Update) ?? Missing(body, "Status");

    /// <summary>Go's durations, as far as anybody writes them.</summary>
    public static TimeSpan Parse(string duration)
    {
        var sum = TimeSpan.Zero;
        foreach (Match part in DurationPart().Matches(duration))
        {
            sum += double.Parse(part.Groups[1].Value, CultureInfo.InvariantCulture) * part.Groups[2].Value switch
            {
                "h" => TimeSpan.FromHours(1),
                "m" => TimeSpan.FromMinutes(1),
                "s" => TimeSpan.FromSeconds(1),
                _ => TimeSpan.FromMilliseconds(1),
            };
        }

        return sum;
    }

    private static string? Check(JsonElement check)
    {
        if (Fields(check, Checks) is { } error) return error;
        var kinds = new[] { "TTL", "HTTP", "TCP" }.Where(kind => check.TryGetProperty(kind, out _)).ToArray();
        if (kinds.Length != 1) return "has not one of TTL, HTTP, TCP";
        return check.TryGetProperty("Interval", out _) == (kinds[0] != "TTL") ? null : "Interval belongs to HTTP and TCP, and has to be there";
    }

    private static string? Fields(JsonElement json, Dictionary<string, Func<JsonElement, string?>> known)
    {
        if (json.ValueKind != JsonValueKind.Object) return "no object";
        foreach (var field in json.EnumerateObject())
        {
            if (!known.TryGetValue(field.Name, out var check)) return $"{field.Name} is no field";
            if (check(field.Value) is { } error) return $"{field.Name}: {error}";
        }

        return null;
    }

    private static string? Missing(JsonElement json, params string[] names) =>
        names.FirstOrDefault(name => !json.TryGetProperty(name, out var value) || value.GetString()!.Length == 0) is { } missing ? $"no {missing}" : null;

    private static string? Meta(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || json.EnumerateObject().Count() > 64) return "no object of 64 fields at most";
        return json.EnumerateObject().All(field =>
            MetaKey().IsMatch(field.Name) && field.Value.ValueKind == JsonValueKind.String && field.Value.GetString()!.Length <= 512)
            ? null
            : "a key or a value that Consul refuses";
    }

    private static string? Text(JsonElement json) => json.ValueKind == JsonValueKind.String ? null : "no text";

    private static string? Flag(JsonElement json) => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "no flag";

    private static string? Number(JsonElement json, int least, int most) =>
        json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var number) && number >= least && number <= most ? null : "no such number";

    private static string? Duration(JsonElement json) => Text(json) ?? (WholeDuration().IsMatch(json.GetString()!) ? null : "no duration");

    private static string? Status(JsonElement json) =>
        Text(json) ?? (json.GetString() is "passing" or "warning" or "critical" ? null : "no status");

    [GeneratedRegex(@"\A(?!consul-)[A-Za-z0-9_-]{1,128}\z")]
    private static partial Regex MetaKey();

    [GeneratedRegex(@"\A(\d+(\.\d+)?(h|ms|m|s))+\z")]
    private static partial Regex WholeDuration();

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(h|ms|m|s)")]
    private static partial Regex DurationPart();
}
