using Executor.Core.Configuration;

namespace Executor.Core.Logs;

/// <summary>The labels of a task's output.</summary>
public static class LogLabels
{
    public static readonly Setting<LogMode> Mode = LogSettings.Mode.Label(
        "log-mode", "Where the output goes. A task with log-scraping and without this has both.");

    public static readonly Setting<LogFormat> Scraping = LogSettings.Format.Label(
        "log-scraping", "Ships the output, and says what its lines are.");

    public static readonly Setting<string?> Multiline = Setting.Text(
        "log-multiline", "a regular expression without lookarounds and back references",
        "What the first line of an event looks like; others belong to the event before them.") with
    { Example = @"^\d{4}-" };

    public static readonly Setting<string?> Fields = Setting.Text(
        "log-fields", "names of labels, separated by commas", "Labels that become fields of every event.") with
    { Example = "team,tier" };

    public static readonly Setting<string?> IgnoreKeys = Setting.Text(
        "log-ignore-keys", LogSettings.IgnoreKeys.Accepted, "Fields that are not shipped, besides those of the setting.") with
    { Example = "password,token" };

    public static readonly Setting<bool> StripAnsi = LogSettings.StripAnsi.Label(
        "log-strip-ansi", "Whether colours and other escape sequences of terminals are taken out of what is shipped.");

    public static readonly Setting<int?> RateLimit = LogSettings.RateLimit.Label(
        "log-rate-limit", "How many lines of the task are shipped in a second; 0 is any number.");

    public static readonly Setting<long> LineSize = LogSettings.LineSize.Label("log-line-size", "The longest event that is shipped.");

    public static readonly Setting<string?> ScId = Setting.Text(
        "scId", "a whole number", "With log-scraping: logstash, the field scid; what is no number is left out.") with
    { Example = "1234" };

    public static IReadOnlyList<Setting> All { get; } =
        [Mode, Scraping, Multiline, Fields, IgnoreKeys, StripAnsi, RateLimit, LineSize, ScId];
}
