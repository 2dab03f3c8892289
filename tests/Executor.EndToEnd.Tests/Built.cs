namespace Executor.EndToEnd.Tests;

/// <summary>Programs that build.sh leaves in the repository's <c>out</c> folder.</summary>
internal static class Built
{
    public static string Program(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Executor.sln"))) folder = folder.Parent;
        var program = Path.Combine(folder?.FullName ?? "", "out", name);
        return File.Exists(program) ? program : throw new FileNotFoundException($"{program} is missing: run ./build.sh first");
    }
}
