using Executor.Core.Configuration;

namespace Executor.Core.Health;

/// <summary>The labels of health checks.</summary>
public static class HealthLabels
{
    public static readonly Setting<string?> HealthCheck = Setting.Text(
        "health-check", "Marathon's health check object in JSON",
        "The task's health check, instead of TaskInfo.health_check: for Marathon's own protocols, which never reach an executor.") with
    { Example = """{"protocol":"HTTP","path":"/ping","intervalSeconds":5}""" };

    public static readonly Setting<string?> HealthCheckPath = Setting.Text(
        "health-check-path", "the path of an address, with a query or without",
        "The same for the common case: HTTP on the task's first port with this path, and Marathon's defaults.") with
    { Example = "/ping" };

    public static readonly Setting<int?> LeastSuccesses = Setting.Number(
        "min-consecutive-successes", 1, 1, 1000, "How many checks in a row have to pass before the task is healthy.") with
    { Example = "3" };

    public static readonly Setting<StatusRange> HttpStatus = HealthSettings.HttpStatus.Label(
        "health-http-status", "The statuses that the HTTP health check takes for healthy.");

    public static readonly Setting<bool> VerifyTls = HealthSettings.VerifyTls.Label(
        "health-tls-verify", "Whether the HTTPS check fails where the certificate is not trusted or is for another name.");

    public static IReadOnlyList<Setting> All { get; } = [HealthCheck, HealthCheckPath, LeastSuccesses, HttpStatus, VerifyTls];
}
