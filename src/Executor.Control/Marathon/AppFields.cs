namespace Executor.Control.Marathon;

/// <summary>The member names of a Marathon app definition, 0.11 to 1.10.</summary>
internal static class AppFields
{
    /// <summary>Read by <see cref="AppReader"/> first, then those that mean nothing on one machine, then read-only ones.</summary>
    public static readonly IReadOnlyList<string> App =
    [
        "id", "cmd", "args", "env", "labels", "ports", "portDefinitions", "requirePorts", "healthChecks",
        "taskKillGracePeriodSeconds", "instances", "fetch", "uris", "user", "cpus", "mem", "disk", "gpus",
        "executorResources", "version", "container", "executor",

        "acceptedResourceRoles", "backoffFactor", "backoffSeconds", "check", "constraints", "dependencies", "ipAddress",
        "killSelection", "maxLaunchDelaySeconds", "networks", "readinessChecks", "residency", "resourceLimits", "role",
        "secrets", "storeUrls", "tty", "unreachableStrategy", "upgradeStrategy",

        "deployments", "lastTaskFailure", "readinessCheckResults", "taskStats", "tasks", "tasksHealthy", "tasksRunning",
        "tasksStaged", "tasksUnhealthy", "versionInfo",
    ];

    public static readonly IReadOnlyList<string> PortDefinition = ["port", "name", "protocol", "labels"];

    public static readonly IReadOnlyList<string> HealthCheck =
    [
        "protocol", "command", "path", "port", "portIndex", "ipProtocol", "delaySeconds", "intervalSeconds",
        "timeoutSeconds", "gracePeriodSeconds", "maxConsecutiveFailures", "ignoreHttp1xx",
    ];

    public static readonly IReadOnlyList<string> Command = ["value"];

    public static readonly IReadOnlyList<string> Artifact = ["uri", "extract", "executable", "cache", "destPath"];

    public static readonly IReadOnlyList<string> ExecutorResources = ["cpus", "mem", "disk"];

    public static readonly IReadOnlyList<string> Secret = ["secret"];
}
