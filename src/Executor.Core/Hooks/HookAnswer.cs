using System.Collections.ObjectModel;
using System.Text.Json;

namespace Executor.Core.Hooks;

/// <summary>What an external hook may answer: nothing, or one JSON object with <c>env</c> (at before-start) and <c>fail</c>.</summary>
internal static class HookAnswer
{
    /// <summary>In bytes.</summary>
    public const int Longest = 1024 * 1024;

    /// <summary>In letters: what is shown of an answer becomes the message of a status, and a line of the log.</summary>
    private const int LongestText = 500;

    private const string Accepted = "accepted is nothing, or a JSON object with env and fail";

    /// <returns>The variables; empty where there are none.</returns>
    /// <exception cref="HookException">It says fail, or is none; what it holds may be secret and is not in the text.</exception>
    public static IReadOnlyDictionary<string, string> Read(ReadOnlyMemory<byte> answer, HookStage stage)
    {
        if (answer.Span.Trim(" \t\r\n"u8).IsEmpty) return ReadOnlyDictionary<string, string>.Empty;
        try
        {
            using var document = JsonDocument.Parse(answer);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new HookException($"its answer is a JSON {document.RootElement.ValueKind}: {Accepted}");
            return Read(document.RootElement, stage);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is a text that is no UTF-8 or half a surrogate pair.
            throw new HookException($"its answer of {answer.Length} bytes is no JSON: {Accepted}", e);
        }
    }

    private static Dictionary<string, string> Read(JsonElement answer, HookStage stage)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in answer.EnumerateObject())
        {
            switch (member.Name)
            {
                case "fail":
                    throw new HookException(member.Value.ValueKind == JsonValueKind.String
                        ? OneLine.Of(member.Value.GetString()!, LongestText)
                        : $"fail in its answer is a JSON {member.Value.ValueKind}: accepted is a text");
                case "env" when stage == HookStage.BeforeStart && member.Value.ValueKind == JsonValueKind.Object:
                    foreach (var variable in member.Value.EnumerateObject()) variables[variable.Name] = Value(variable);
                    break;
                case "env":
                    throw new HookException(stage == HookStage.BeforeStart
                        ? $"env in its answer is a JSON {member.Value.ValueKind}: accepted is an object"
                        : "env in its answer comes too late: it is accepted at before-start only");
                default:
                    throw new HookException($"its answer has a member \"{OneLine.Of(member.Name, LongestText)}\": {Accepted}");
            }
        }

        return variables;
    }

    private static string Value(JsonProperty variable) => variable.Value.ValueKind switch
    {
        _ when variable.Name.Length == 0 || variable.Name.AsSpan().ContainsAny('=', '\0') =>
            throw new HookException($"env in its answer has the name \"{OneLine.Of(variable.Name, LongestText)}\": a name is not empty, without = and NUL"),
        JsonValueKind.String when !variable.Value.GetString()!.Contains('\0') => variable.Value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => variable.Value.GetRawText(),
        var kind => throw new HookException($"{OneLine.Of(variable.Name, LongestText)} of env in its answer is a JSON {kind}, or holds a NUL: accepted is a text, a number or a boolean"),
    };
}
