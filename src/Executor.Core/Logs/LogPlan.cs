using System.Text.RegularExpressions;
using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Logs.Capture;

namespace Executor.Core.Logs;

/// <summary>What is to be done with one task's output: the settings, and over them its labels.</summary>
public sealed record LogPlan
{
    /// <summary>An expression that a text cannot make slow: its time is linear in the line.</summary>
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    public required LogMode Mode { get; init; }

    public required LogFormat Format { get; init; }

    /// <summary>Lines per second; 0 is any number.</summary>
    public int RateLimit { get; init; }

    /// <summary>The longest event, in bytes of its message or line.</summary>
    public int LineSize { get; init; } = 1 << 20;

    /// <summary>How long the receivers may take for the rest of the output once the task has ended.</summary>
    public TimeSpan Flush { get; init; } = TimeSpan.FromSeconds(2);

    public bool StripAnsi { get; init; }

    public IReadOnlyList<string> IgnoreKeys { get; init; } = [];

    /// <summary>What the first line of an event looks like; null where every line is an event.</summary>
    public Regex? FirstLine { get; init; }

    public bool Ships => Mode is LogMode.Ship or LogMode.Both;

    public bool Files => Mode is LogMode.File or LogMode.Both;

    /// <exception cref="InvalidTaskException">A label is not accepted.</exception>
    public static LogPlan Of(Settings settings, TaskLabels labels)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(labels);
        var format = Word<LogFormat>(labels, "log-scraping");
        return new LogPlan
        {
            Mode = Word<LogMode>(labels, "log-mode") ?? (format is null ? settings.Get(LogSettings.Mode) : LogMode.Both),
            Format = format ?? settings.Get(LogSettings.Format),
            RateLimit = labels.Number("log-rate-limit", 0, int.MaxValue) ?? settings.Get(LogSettings.RateLimit)!.Value,
            LineSize = (int)(LineSizeOf(labels) ?? settings.Get(LogSettings.LineSize)),
            Flush = settings.Get(LogSettings.Flush),
            StripAnsi = labels.Flag("log-strip-ansi") ?? settings.Get(LogSettings.StripAnsi),
            IgnoreKeys = [.. settings.Get(LogSettings.IgnoreKeys), .. Words(labels.Text("log-ignore-keys"))],
            FirstLine = FirstLineOf(labels),
        };
    }

    /// <summary>Of the sandbox's files, which all tasks share.</summary>
    internal static Rotation RotationOf(Settings settings) => new(
        settings.Get(LogSettings.RotateSize), settings.Get(LogSettings.RotateKeep)!.Value, settings.Get(LogSettings.RotateGzip));

    internal static string[] Words(string? text) =>
        text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static Regex? FirstLineOf(TaskLabels labels)
    {
        if (labels.Text("log-multiline") is not { } pattern) return null;
        try
        {
            return new Regex(pattern, Linear);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new InvalidTaskException(
                $"label log-multiline is \"{pattern}\": accepted is a regular expression without lookarounds and back references; {e.Message}");
        }
    }

    private static long? LineSizeOf(TaskLabels labels) => labels.Text("log-line-size") switch
    {
        null => null,
        { } text when LogSettings.TryParseLineSize(text, out var size) => size,
        { } text => throw new InvalidTaskException($"label log-line-size is \"{text}\": accepted is {LogSettings.LineSize.Accepted}"),
    };

    private static T? Word<T>(TaskLabels labels, string name)
        where T : struct, Enum
    {
        if (labels.Text(name) is not { } text) return null;
        var words = Enum.GetNames<T>().Select(word => word.ToLowerInvariant()).ToArray();
        return Array.IndexOf(words, text) is var found and >= 0
            ? Enum.GetValues<T>()[found]
            : throw new InvalidTaskException($"label {name} is \"{text}\": accepted is {string.Join(", ", words)}");
    }
}
