using System.Globalization;

namespace Executor.Core.Configuration;

/// <summary>One EXECUTOR_ variable: what <c>--help</c>, <c>--print-config</c> and the check of the environment know of it.</summary>
/// <param name="Default">As it would be written; empty where there is none.</param>
/// <param name="Accepted">For people: what may stand there.</param>
public abstract record Setting(string Name, string Default, string Accepted, string Description)
{
    /// <summary>Whether its value must not be shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>A variable that others read with the same meaning: it counts where this one is not set.</summary>
    public string? Fallback { get; init; }

    /// <summary>What <c>--help</c> says of the default.</summary>
    public string DefaultText => Default.Length > 0 ? Default : "none";

    /// <summary>One of a few words: those of the enumeration, in small letters.</summary>
    public static Setting<T> Choice<T>(string name, T initial, string description)
        where T : struct, Enum => new(
        name, Word(initial), string.Join(", ", Enum.GetValues<T>().Select(Word)), description,
        (string text, out T value) => Enum.TryParse(text, ignoreCase: true, out value) && Word(value) == text);

    /// <summary>One of a few words.</summary>
    public static Setting<string> Choice(string name, string[] words, string initial, string description) => new(
        name, initial, string.Join(", ", words), description,
        (string text, out string value) => words.Contains(value = text, StringComparer.Ordinal));

    public static Setting<bool> Flag(string name, bool initial, string description) => new(
        name, initial ? "true" : "false", "true, false", description,
        (string text, out bool value) => (value = text == "true") || text == "false");

    /// <summary>A whole number of a range.</summary>
    /// <param name="initial">Null is none.</param>
    public static Setting<int?> Number(string name, int? initial, int least, int most, string description) => new(
        name, initial?.ToString(CultureInfo.InvariantCulture) ?? "", $"a whole number, {least} to {most}", description,
        (string text, out int? value) =>
        {
            value = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
            return value >= least && value <= most;
        });

    /// <param name="initial">As it would be written.</param>
    public static Setting<TimeSpan> Duration(string name, string initial, string description) =>
        new(name, initial, MesosDuration.Accepted, description, MesosDuration.TryParse);

    /// <param name="initial">As it would be written.</param>
    public static Setting<long> Size(string name, string initial, string description) =>
        new(name, initial, ByteSize.Accepted, description, ByteSize.TryParse);

    /// <summary>Any text that the check accepts.</summary>
    public static Setting<string?> Text(string name, string accepted, string description, Func<string, bool>? accepts = null) => new(
        name, "", accepted, description, (string text, out string? value) =>
        {
            value = text;
            return accepts is null || accepts(text);
        });

    /// <summary>Words, separated by commas.</summary>
    /// <param name="what">What they are, e.g. <c>process names</c>.</param>
    public static Setting<IReadOnlyList<string>> List(string name, string what, string description) => new(
        name, "", $"{what}, separated by commas", description, (string text, out IReadOnlyList<string> value) =>
        {
            value = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return value.Count > 0;
        })
    {
        None = [],
    };

    /// <summary>Whether a text may stand in an HTTP header as one word: visible ASCII.</summary>
    public static bool IsHeaderWord(string text) => text.All(letter => letter is > ' ' and < '\x7f');

    /// <summary>Whether a value may stand there. An empty one counts as not set and is never asked for.</summary>
    /// <param name="detail">What exactly is wrong, where that is worth a word.</param>
    public abstract bool Accepts(string text, out string? detail);

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}

/// <returns>Whether the text is accepted.</returns>
public delegate bool SettingParser<T>(string text, out T value);

/// <summary>A setting whose value is of a type.</summary>
/// <param name="Parse">Never asked for an empty text.</param>
public sealed record Setting<T>(
    string Name, string Default, string Accepted, string Description, SettingParser<T> Parse)
    : Setting(Name, Default, Accepted, Description)
{
    /// <summary>The value where nothing is set and there is no default.</summary>
    public T None { get; init; } = default!;

    /// <summary>What exactly is wrong with a text that is not accepted.</summary>
    public Func<string, string?>? Explain { get; init; }

    /// <inheritdoc/>
    public override bool Accepts(string text, out string? detail)
    {
        var accepted = Parse(text, out _);
        detail = accepted ? null : Explain?.Invoke(text);
        return accepted;
    }
}
