namespace Executor.Interop.Tests;

/// <summary>The one stand-in for libmesos that this process may open; build.sh leaves it in the <c>out</c> folder.</summary>
internal static class StandIn
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Executor.sln"))) folder = folder.Parent;
        return System.IO.Path.Combine(folder?.FullName ?? "", "out/standin/libmesos-new.so");
    }
}
