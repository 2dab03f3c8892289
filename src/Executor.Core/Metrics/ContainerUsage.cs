using System.Globalization;

namespace Executor.Core.Metrics;

/// <summary>
/// What the executor's control group uses, which holds its tasks too: the container, where the agent made one. Version 1 and
/// version 2 of control groups.
/// </summary>
/// <param name="groups">The lines of <c>/proc/self/cgroup</c>: number, controllers and path, with colons between.</param>
/// <param name="root">Where control groups are mounted.</param>
internal sealed class ContainerUsage(IEnumerable<string> groups, string root)
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const double MicrosecondsPerSecond = 1_000_000;

    private readonly string[][] _groups = [.. groups.Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3)];

    public static ContainerUsage OfThisProcess() => new(Lines("/proc/self/cgroup"), "/sys/fs/cgroup");

    /// <summary>In bytes; null where the group has no count of its own.</summary>
    public long? Memory => Number(Of("memory", "memory.usage_in_bytes")) ?? Number(Of("", "memory.current"));

    /// <summary>In seconds.</summary>
    public double? Cpu => Number(Of("cpuacct", "cpuacct.usage")) / (double)NanosecondsPerSecond ?? Microseconds(Of("", "cpu.stat")) / MicrosecondsPerSecond;

    /// <param name="controller">Empty is version 2. The root group of version 1 is the whole host, and no container.</param>
    private string? Of(string controller, string name)
    {
        var group = _groups.FirstOrDefault(parts => parts[1].Split(',').Contains(controller, StringComparer.Ordinal));
        if (group is null || (controller.Length > 0 && group[2] == "/")) return null;
        // The folder of controllers that are mounted together may have them in another order (CentOS 7), and a link for each.
        var folder = new[] { group[1], controller }.FirstOrDefault(folder => Directory.Exists(Path.Combine(root, folder))) ?? controller;
        return Path.Combine(root, folder, group[2].TrimStart('/'), name);
    }

    private static long? Number(string? file) =>
        Lines(file) is [var line, ..] && long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static long? Microseconds(string? file) => Lines(file).Select(line => line.Split(' ')).FirstOrDefault(words => words[0] == "usage_usec") is [_, var text]
        ? long.Parse(text, CultureInfo.InvariantCulture)
        : null;

    private static string[] Lines(string? file)
    {
        try
        {
            return file is null ? [] : File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
