namespace Executor.Control.Tests;

internal static class Repository
{
    /// <summary>The folder of the solution, above the tests' own output.</summary>
    public static string Root { get; } = Find(TestContext.CurrentContext.TestDirectory);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Executor.sln")) ? folder : Find(Path.GetDirectoryName(folder)!);
}
