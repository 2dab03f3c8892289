using System.Text.Json;

namespace Executor.Control.Marathon;

/// <summary>
/// One value of an app definition together with its JSON path, so that whatever is wrong with it can be said in one
/// line: the path, the value and what is accepted.
/// </summary>
internal readonly record struct JsonField(JsonElement Element, string Path)
{
    private const int ShownCharacters = 60;

    /// <summary>A member of an object; null when it is absent or <c>null</c>, which Marathon takes for absent.</summary>
    public JsonField? this[string name] =>
        Element.ValueKind == JsonValueKind.Object
        && Element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new JsonField(value, MemberPath(name))
            : null;

    public UsageException Wrong(string accepted) =>
        new($"{(Path.Length == 0 ? "the app" : Path)}: {Shown()} is not accepted; accepted: {accepted}");

    /// <summary>Checks that this is an object with known member names only, each given once.</summary>
    public JsonField AsObject(IReadOnlyList<string> names)
    {
        foreach (var member in Members(names))
        {
            if (!names.Contains(member.Name))
                throw new UsageException(
                    $"{member.Field.Path}: {member.Field.Shown()} has an unknown name; accepted: {string.Join(", ", names)}");
        }

        return this;
    }

    /// <summary>The members of an object whose names are the user's own, such as labels.</summary>
    public IEnumerable<KeyValuePair<string, JsonField>> AsMap(string accepted)
    {
        if (Element.ValueKind != JsonValueKind.Object) throw Wrong(accepted);
        return Members([]).Select(member => KeyValuePair.Create(member.Name, member.Field));
    }

    public IReadOnlyList<JsonField> AsArray(string accepted)
    {
        if (Element.ValueKind != JsonValueKind.Array) throw Wrong(accepted);
        var path = Path;
        return [.. Element.EnumerateArray().Select((item, index) => new JsonField(item, $"{path}[{index}]"))];
    }

    public string AsString(string accepted)
    {
        if (Element.ValueKind != JsonValueKind.String) throw Wrong(accepted);
        var text = Text(accepted);
        // The kernel takes no NUL in an argument, a variable or a path.
        return text.Length == 0 || text.Contains('\0', StringComparison.Ordinal) ? throw Wrong(accepted) : text;
    }

    /// <summary>As <see cref="AsString"/>, but an empty text is a value too.</summary>
    public string AsText(string accepted) =>
        Element.ValueKind == JsonValueKind.String && Text(accepted).Length == 0 ? "" : AsString(accepted);

    /// <summary>JSON can spell half a surrogate pair, which is no text.</summary>
    private string Text(string accepted)
    {
        try
        {
            return Element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Wrong(accepted);
        }
    }

    public bool AsBoolean() => Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong("true or false"),
    };

    public int AsInteger(int least, int most = int.MaxValue) =>
        Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out var number)
        && number >= least && number <= most
            ? number
            : throw Wrong(most == int.MaxValue
                ? $"a whole number from {least}"
                : $"a whole number from {least} to {most}");

    public double AsNumber(double least) =>
        Element.ValueKind == JsonValueKind.Number && Element.TryGetDouble(out var number)
        && number >= least && double.IsFinite(number)
            ? number
            : throw Wrong(FormattableString.Invariant($"a number from {least}"));

    private IEnumerable<(string Name, JsonField Field)> Members(IReadOnlyList<string> names)
    {
        if (Element.ValueKind != JsonValueKind.Object) throw Wrong($"an object with {string.Join(", ", names)}");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in Element.EnumerateObject())
        {
            var field = new JsonField(member.Value, MemberPath(member.Name));
            if (!seen.Add(member.Name))
                throw new UsageException($"{field.Path}: {field.Shown()} is given twice; accepted: each name once");
            yield return (member.Name, field);
        }
    }

    private string MemberPath(string name)
    {
        var plain = name.Length > 0 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-');
        var step = plain ? name : $"[\"{JsonEncodedText.Encode(name)}\"]";
        return Path.Length == 0 || !plain ? Path + step : $"{Path}.{step}";
    }

    private string Shown()
    {
        var raw = string.Join(' ', Element.GetRawText().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return raw.Length <= ShownCharacters ? raw : string.Concat(raw.AsSpan(0, ShownCharacters), "…");
    }
}
