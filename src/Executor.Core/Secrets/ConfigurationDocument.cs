using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Executor.Core.Hooks;

namespace Executor.Core.Secrets;

/// <summary>A configuration as it comes out of its wrapping: one flat JSON object, a variable per member.</summary>
public static partial class ConfigurationDocument
{
    private const string Accepted = "accepted is a JSON object of texts, numbers and booleans";
    private const int MostShown = 10;
    private const int LongestShown = 80;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <returns>Numbers and booleans as they were written.</returns>
    /// <exception cref="HookException">It is none, or one of its members cannot be a variable; no value is in the text.</exception>
    public static IReadOnlyDictionary<string, string> Parse(ReadOnlyMemory<byte> content)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(content, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new HookException($"the configuration is a JSON {document.RootElement.ValueKind}: {Accepted}");
            JsonProperty[] members = [.. document.RootElement.EnumerateObject()];
            Refuse(members.Where(member => !PosixName().IsMatch(member.Name)), "names that no variable can have, by POSIX");
            Refuse(members.Where(member => IsReserved(member.Name)), "names that only agent, framework and executor give");
            Refuse(members.Where(member => Value(member.Value) is null), "values that no variable can have");
            foreach (var member in members) variables.Add(member.Name, Value(member.Value)!);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is a text that is no UTF-8 or half a surrogate pair. Neither's text goes further: it may quote.
            throw new HookException(string.Create(
                CultureInfo.InvariantCulture, $"the configuration of {content.Length} bytes is no JSON, or names a variable twice: {Accepted}"));
        }

        return variables;
    }

    /// <summary>What a store must not say: where the task runs, and what its executor does.</summary>
    private static bool IsReserved(string name) => Reserved().IsMatch(name);

    private static string? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when !value.GetString()!.Contains('\0') => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    private static void Refuse(IEnumerable<JsonProperty> members, string why)
    {
        string[] names = [.. members.Select(member => $"\"{OneLine.Of(member.Name, LongestShown)}\"")];
        if (names.Length == 0) return;
        var more = names.Length > MostShown ? string.Create(CultureInfo.InvariantCulture, $" and {names.Length - MostShown} more") : "";
        throw new HookException($"the configuration has {why}: {string.Join(", ", names.Take(MostShown))}{more}");
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex PosixName();

    /// <summary>PORT and what Marathon makes of it, but not PORTAL.</summary>
    [GeneratedRegex(@"\A(MESOS_.*|EXECUTOR_.*|LIBPROCESS_.*|HOST|PORTS?|PORT[0-9].*|PORT_.*)\z")]
    private static partial Regex Reserved();
}
