using System.Diagnostics;
using System.Text.Json;

namespace Executor.EndToEnd.Tests.Doctor;

/// <summary>What one <c>executorctl doctor</c> has said.</summary>
internal sealed record DoctorRun(int ExitCode, string Output, string Error)
{
    /// <summary>The objects of <c>--json</c>.</summary>
    public IReadOnlyList<JsonElement> Findings { get; private init; } = [];

    public static Task<DoctorRun> JsonAsync(CancellationToken limit, params (string Name, string Value)[] environment) =>
        RunAsync(Built.Program("executorctl"), ["--json"], environment, limit);

    /// <param name="environment">Besides the tests' own, less what would name a libmesos or a setting.</param>
    public static async Task<DoctorRun> RunAsync(
        string program, string[] options, (string Name, string Value)[] environment, CancellationToken limit)
    {
        var start = new ProcessStartInfo(program, ["doctor", .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsRead).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(limit);
        var output = await process.StandardOutput.ReadToEndAsync(limit);
        await process.WaitForExitAsync(limit);
        return new DoctorRun(process.ExitCode, output, await error)
        {
            Findings = options.Contains("--json") ? [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)] : [],
        };
    }

    /// <summary>The one finding of a check.</summary>
    public JsonElement this[string check] => Findings.Single(finding => Text(finding, "check") == check);

    public static string? Text(JsonElement finding, string member) =>
        finding.TryGetProperty(member, out var value) ? value.GetString() : null;

    private static bool IsRead(string name) =>
        name.StartsWith("EXECUTOR_", StringComparison.Ordinal)
        || name.StartsWith("MESOS_", StringComparison.Ordinal)
        || name.StartsWith("LIBPROCESS_", StringComparison.Ordinal);

    private static JsonElement Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }
}
