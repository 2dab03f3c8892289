using Executor.Interop;

namespace Executor.Control.Doctor;

/// <summary>What the process of a <see cref="IsolatedDriverCheck"/> tells: what it opens, before it does, and its findings.</summary>
/// <param name="Opened">The file that was opened last; null when it came to none.</param>
/// <param name="Findings">None when the check did not come to its end.</param>
internal sealed record DriverReport(Finding? Opened, IReadOnlyList<Finding> Findings)
{
    private const string Opening = "opening";

    /// <summary>The driver that the executor would take; null where it would take none.</summary>
    public string? Driver => Findings.Select(finding => finding.Facts.GetValueOrDefault(DriverCheck.Check)).FirstOrDefault();

    /// <summary>Does the check in this process.</summary>
    /// <param name="path">Of an open pipe or file that takes the report.</param>
    public static async Task WriteAsync(string path, IReadOnlyDictionary<string, string> environment, bool verbose)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var output = new FindingJson(file);
        var check = new DriverCheck(environment, verbose, candidate => output.Write(Announce(candidate)));
        foreach (var finding in await check.RunAsync()) output.Write(finding);
    }

    public static DriverReport Parse(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(FindingJson.Read).OfType<Finding>()
            .ToLookup(finding => finding.Check == Opening);
        return new DriverReport(lines[true].LastOrDefault(), [.. lines[false]]);
    }

    private static Finding Announce(LibmesosCandidate candidate) => new(Verdict.Ok, Opening, candidate.Path)
    {
        Facts = new Dictionary<string, string> { ["path"] = candidate.Path, ["origin"] = candidate.Origin },
    };
}
