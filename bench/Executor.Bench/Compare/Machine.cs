using System.Globalization;
using System.Runtime.InteropServices;

namespace Executor.Bench.Compare;

/// <summary>What the figures were measured on; nothing that tells this machine from others of its kind.</summary>
internal static class Machine
{
    /// <returns>One line for each trait.</returns>
    public static IEnumerable<string> Describe()
    {
        var processor = Field("/proc/cpuinfo", "model name", ':');
        var kind = File.ReadAllText("/proc/cpuinfo").Contains(" hypervisor", StringComparison.Ordinal) ? "a virtual machine" : "no virtual machine";
        var kibibytes = long.Parse(Field("/proc/meminfo", "MemTotal", ':').Split(' ')[0], CultureInfo.InvariantCulture);
        yield return string.Create(
            CultureInfo.InvariantCulture, $"{kind}, {Environment.ProcessorCount} cores of {processor}, {kibibytes / 1024.0 / 1024:F0} GiB of memory");
        yield return $"{Field("/etc/os-release", "PRETTY_NAME", '=').Trim('"')}, Linux {Environment.OSVersion.Version.ToString(3)}";
        yield return $"{RuntimeInformation.FrameworkDescription}, compiled ahead of time";
    }

    private static string Field(string file, string name, char separator) =>
        File.ReadLines(file).First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(separator, 2)[1].Trim();
}
