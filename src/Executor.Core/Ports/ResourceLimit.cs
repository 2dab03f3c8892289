using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Executor.Core.Ports;

/// <summary>One limit of setrlimit(2).</summary>
/// <param name="Name">As the field writes it, without RLMT_: <c>nofile</c>.</param>
/// <param name="Soft">In the resource's unit; <see cref="Unlimited"/> for none.</param>
/// <param name="Hard">At least <paramref name="Soft"/>.</param>
public sealed record ResourceLimit(string Name, ulong Soft, ulong Hard)
{
    public const ulong Unlimited = ulong.MaxValue;

    /// <summary>For people: what <see cref="TryParse"/> takes.</summary>
    public const string Accepted = "name=soft or name=soft:hard, separated by commas, each a number or unlimited";

    private const string UnlimitedText = "unlimited";

    // In the order of their numbers (Linux, asm-generic/resource.h). Names as in RLimitInfo of mesos.proto.
    private static readonly string[] ByNumber =
    [
        "cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks", "sigpending",
        "msgqueue", "nice", "rtprio", "rttime",
    ];

    /// <summary>The names of all resources.</summary>
    public static IReadOnlyList<string> Names => ByNumber;

    /// <summary>What the kernel calls the resource.</summary>
    public int Number => Array.IndexOf(ByNumber, Name);

    /// <summary>The name of a resource; its number when it has none.</summary>
    public static string NameOf(int number) =>
        number >= 0 && number < ByNumber.Length ? ByNumber[number] : number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads for instance <c>nofile=1024:4096,core=0,nproc=unlimited</c>; one number is soft and hard.</summary>
    /// <param name="error">What is wrong with the first entry that is.</param>
    public static bool TryParse(
        string text,
        out IReadOnlyList<ResourceLimit> limits,
        [NotNullWhen(false)] out string? error)
    {
        limits = [];
        var found = new List<ResourceLimit>();
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries))
        {
            error = ParseEntry(entry, out var limit);
            if (error is null && found.Any(l => l.Name == limit!.Name)) error = $"{limit!.Name} stands there twice";
            if (error is not null) return false;
            found.Add(limit!);
        }

        limits = found;
        error = null;
        return true;
    }

    /// <summary>As it is parsed.</summary>
    public override string ToString() => $"{Name}={Text(Soft)}:{Text(Hard)}";

    private static string? ParseEntry(string entry, out ResourceLimit? limit)
    {
        limit = null;
        var parts = entry.Split('=');
        if (parts.Length != 2) return $"\"{entry}\" is not name=soft:hard";
        if (!ByNumber.Contains(parts[0], StringComparer.Ordinal))
            return $"there is no limit \"{parts[0]}\", only {string.Join(", ", ByNumber)}";
        var values = parts[1].Split(':');
        if (values.Length > 2 || !TryParseValue(values[0], out var soft) || !TryParseValue(values[^1], out var hard))
            return $"\"{parts[1]}\" of {parts[0]} is not soft:hard, each a number or {UnlimitedText}";
        if (soft > hard) return $"the soft limit of {parts[0]} is above the hard one";
        limit = new ResourceLimit(parts[0], soft, hard);
        return null;
    }

    private static bool TryParseValue(string text, out ulong value)
    {
        value = Unlimited;
        return text == UnlimitedText || ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    private static string Text(ulong value) =>
        value == Unlimited ? UnlimitedText : value.ToString(CultureInfo.InvariantCulture);
}
