using System.Globalization;

namespace Executor.Core.Configuration;

/// <summary>
/// One EXECUTOR_ variable, or one label of a task: what <c>--help</c>, <c>--print-config</c>, the reference and the checks
/// of environment and task know of it.
/// </summary>
/// <param name="Name">Of a label that is a family, with the part that differs in angle brackets, e.g. <c>weight:&lt;n&gt;</c>.</param>
/// <param name="Default">As it would be written; empty where there is none.</param>
/// <param name="Accepted">For people: what may stand there.</param>
public abstract record Setting(string Name, string Default, string Accepted, string Description)
{
    /// <summary>Whether its value must not be shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>What the path in it leads to; null of a value that is no path.</summary>
    public PathKind? Path { get; init; }

    /// <summary>A variable that others read with the same meaning: it counts where this one is not set.</summary>
    public string? Fallback { get; init; }

    /// <summary>A value that is accepted, as it would be written.</summary>
    public string Example { get; init; } = Default;

    /// <summary>The release that brought it; what came after the first says which.</summary>
    public string Since { get; init; } = "0.1.0";

    /// <summary>Of a label: the setting that it wins over.</summary>
    public Setting? Over { get; init; }

    /// <summary>What holds where nothing is set, for people: a value, the setting that counts then, or none.</summary>
    public string DefaultText => Default.Length > 0 ? Default : Over?.Name ?? "none";

    /// <summary>The variables that may have given a value, for errors that come after it was accepted.</summary>
    public string Names => Fallback is null ? Name : $"{Name} or {Fallback}";

    /// <summary>A value of it, as people may see it.</summary>
    public string Shown(string value) => IsSecret && value.Length > 0 ? SecretMask.Hidden : value;

    /// <summary>One of a few words: those of the enumeration, in small letters.</summary>
    public static Setting<T> Choice<T>(string name, T initial, string description)
        where T : struct, Enum => new(
        name, Word(initial), string.Join(", ", Enum.GetValues<T>().Select(Word)), description,
        (string text, out T value) => Enum.TryParse(text, ignoreCase: true, out value) && Word(value) == text)
        {
            Example = Enum.GetValues<T>().Select(Word).First(word => word != Word(initial)),
        };

    /// <summary>One of a few words.</summary>
    public static Setting<string> Choice(string name, string[] words, string initial, string description) => new(
        name, initial, string.Join(", ", words), description,
        (string text, out string value) => words.Contains(value = text, StringComparer.Ordinal))
    {
        Example = words.First(word => word != initial),
    };

    public static Setting<bool> Flag(string name, bool initial, string description) => new(
        name, initial ? "true" : "false", "true, false", description,
        (string text, out bool value) => (value = text == "true") || text == "false")
    {
        Example = initial ? "false" : "true",
    };

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

    public static Setting<string?> AbsolutePath(string name, PathKind kind, string description) =>
        Text(name, "an absolute path", description, text => text[0] == '/') with { Path = kind };

    /// <summary>One that is not absolute begins in the sandbox.</summary>
    public static Setting<string?> AnyPath(string name, PathKind kind, string description) =>
        Text(name, "a path", description) with { Path = kind };

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

    /// <summary>Whether a value may stand there. An empty variable counts as not set and is never asked for.</summary>
    /// <param name="detail">What exactly is wrong, where that is worth a word.</param>
    public abstract bool Accepts(string text, out string? detail);

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}

/// <summary>What a path leads to.</summary>
public enum PathKind
{
    File,
    Folder,

    /// <summary>One that the executor makes files in.</summary>
    WritableFolder,
}

/// <returns>Whether the text is accepted.</returns>
public delegate bool SettingParser<T>(string text, out T value);

/// <summary>A setting whose value is of a type.</summary>
/// <param name="Parse">Of a variable never asked for an empty text; of a label it may be.</param>
public sealed record Setting<T>(
    string Name, string Default, string Accepted, string Description, SettingParser<T> Parse)
    : Setting(Name, Default, Accepted, Description)
{
    /// <summary>The value where nothing is set and there is no default.</summary>
    public T None { get; init; } = default!;

    /// <summary>What exactly is wrong with a text that is not accepted.</summary>
    public Func<string, string?>? Explain { get; init; }

    /// <summary>The label of a task that wins over this setting, and takes the same values.</summary>
    public Setting<T> Label(string name, string description) => this with
    {
        Name = name,
        Default = "",
        Description = description,
        Fallback = null,
        Over = this,
    };

    /// <summary>What an accepted text means; <see cref="None"/> where it is empty.</summary>
    public T ValueOf(string text) => text.Length > 0 && Parse(text, out var value) ? value : None;

    /// <inheritdoc/>
    public override bool Accepts(string text, out string? detail)
    {
        var accepted = Parse(text, out _);
        detail = accepted ? null : Explain?.Invoke(text);
        return accepted;
    }
}
