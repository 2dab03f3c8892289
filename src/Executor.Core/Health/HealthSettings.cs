using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Executor.Core.Configuration;

namespace Executor.Core.Health;

/// <summary>The settings of health checks.</summary>
public static class HealthSettings
{
    public static readonly Setting<string?> Address = Setting.Text(
        "EXECUTOR_HEALTH_ADDRESS", "a host name or an IP address",
        "Where checks over HTTP and TCP go; without it HOST of the task's environment, and without that loopback.",
        text => Uri.CheckHostName(text) != UriHostNameType.Unknown) with
    { Example = "10.0.0.7" };

    public static readonly Setting<StatusRange> HttpStatus = new(
        "EXECUTOR_HEALTH_HTTP_STATUS", StatusRange.Default.ToString(), StatusRange.Accepted,
        "The statuses that an HTTP health check takes for healthy, where the check itself names none.",
        (string text, out StatusRange value) => StatusRange.TryParse(text, out value!))
    {
        Example = "200-299",
    };

    public static readonly Setting<bool> VerifyTls = Setting.Flag(
        "EXECUTOR_HEALTH_TLS_VERIFY", true,
        "Whether an HTTPS check fails where the certificate is not trusted or is for another name.");

    public static readonly Setting<TimeSpan> StartInterval = Setting.Duration(
        "EXECUTOR_HEALTH_START_INTERVAL", "250ms",
        "The pause between checks until a task has been healthy for the first time, where it is shorter than the check's own interval.") with
    { Example = "1secs" };

    public static IReadOnlyList<Setting> All { get; } = [Address, HttpStatus, VerifyTls, StartInterval];
}

/// <summary>HTTP statuses, both ends included.</summary>
public sealed record StatusRange(int First, int Last)
{
    public const string Accepted = "a status or a range of statuses, e.g. 200-299";

    /// <summary>Mesos's own.</summary>
    public static readonly StatusRange Default = new(200, 399);

    public static bool TryParse(string text, [NotNullWhen(true)] out StatusRange? range)
    {
        range = null;
        var parts = text.Split('-');
        if (parts.Length > 2 || !TryStatus(parts[0], out var first) || !TryStatus(parts[^1], out var last) || last < first) return false;
        range = new StatusRange(first, last);
        return true;
    }

    public bool Contains(int status) => status >= First && status <= Last;

    /// <inheritdoc/>
    public override string ToString() =>
        First == Last ? First.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");

    private static bool TryStatus(string text, out int status) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out status) && status is >= 100 and <= 599;
}
