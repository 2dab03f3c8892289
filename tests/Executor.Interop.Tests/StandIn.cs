namespace Executor.Interop.Tests;

/// <summary>The stand-ins for libmesos that build.sh leaves in the repository's <c>out</c> folder.</summary>
internal static class StandIn
{
    public static string Path(string variant)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Executor.sln"))) folder = folder.Parent;
        return System.IO.Path.Combine(folder?.FullName ?? "", "out", "standin", $"libmesos-{variant}.so");
    }
}
