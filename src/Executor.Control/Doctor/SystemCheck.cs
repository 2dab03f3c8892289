using System.Runtime.InteropServices;

namespace Executor.Control.Doctor;

/// <summary>Whether kernel and C library are new enough.</summary>
internal sealed partial class SystemCheck : ICheck
{
    /// <summary>PR_SET_CHILD_SUBREAPER, which the supervisor needs, came with it.</summary>
    private static readonly Version LeastKernel = new(3, 4);

    /// <summary>That of the oldest hosts that Mesos was packaged for.</summary>
    private static readonly Version LeastGlibc = new(2, 17);

    public Task<IReadOnlyList<Finding>> RunAsync() => Task.FromResult<IReadOnlyList<Finding>>(
    [
        Compare("kernel", Environment.OSVersion.Version, LeastKernel),
        Compare("glibc", Version.Parse(Marshal.PtrToStringUTF8(GetGlibcVersion())!), LeastGlibc),
    ]);

    /// <param name="least">What is older than this fails.</param>
    internal static Finding Compare(string check, Version version, Version least)
    {
        var found = version.Build < 0 ? version.ToString(2) : version.ToString(3);
        var finding = version >= least
            ? new Finding(Verdict.Ok, check, $"{found}, at least {least} is needed")
            : new Finding(Verdict.Failed, check, $"{found} is too old", $"Upgrade the host: at least {least} is needed.");
        return finding with { Facts = new Dictionary<string, string> { ["version"] = found, ["least"] = $"{least}" } };
    }

    [LibraryImport("libc", EntryPoint = "gnu_get_libc_version")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint GetGlibcVersion();
}
