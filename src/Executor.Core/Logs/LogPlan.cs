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
        return new LogPlan
        {
            Mode = labels.Get(LogLabels.Mode, labels.Has(LogLabels.Scraping) ? LogMode.Both : settings.Get(LogSettings.Mode)),
            Format = labels.Get(LogLabels.Scraping, settings.Get(LogSettings.Format)),
            RateLimit = labels.Get(LogLabels.RateLimit, settings.Get(LogSettings.RateLimit))!.Value,
            LineSize = (int)labels.Get(LogLabels.LineSize, settings.Get(LogSettings.LineSize)),
            Flush = settings.Get(LogSettings.Flush),
            StripAnsi = labels.Get(LogLabels.StripAnsi, settings.Get(LogSettings.StripAnsi)),
            IgnoreKeys = [.. settings.Get(LogSettings.IgnoreKeys), .. Words(labels.Get(LogLabels.IgnoreKeys))],
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
        if (labels.Get(LogLabels.Multiline) is not { } pattern) return null;
        try
        {
            return new Regex(pattern, Linear);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw TaskLabels.NotAccepted(LogLabels.Multiline, pattern, e.Message);
        }
    }
}
