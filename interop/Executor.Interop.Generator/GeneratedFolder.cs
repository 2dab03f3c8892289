namespace Executor.Interop.Generator;

/// <summary>The folder that the generator owns: each <c>*.g.cs</c> in it is its own.</summary>
internal static class GeneratedFolder
{
    public static void Write(string folder, IReadOnlyDictionary<string, string> files)
    {
        Directory.CreateDirectory(folder);
        foreach (var stale in Present(folder).Where(file => !files.ContainsKey(Path.GetFileName(file)))) File.Delete(stale);
        foreach (var (name, text) in files) File.WriteAllText(Path.Combine(folder, name), text);
    }

    /// <summary>The files that <see cref="Write"/> would change, add or remove.</summary>
    public static IReadOnlyList<string> Differing(string folder, IReadOnlyDictionary<string, string> files) =>
    [
        .. Present(folder).Union(files.Keys.Select(name => Path.Combine(folder, name)))
            .Where(file => !File.Exists(file) || files.GetValueOrDefault(Path.GetFileName(file)) != File.ReadAllText(file))
            .Order(StringComparer.Ordinal),
    ];

    private static string[] Present(string folder) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder, "*.g.cs") : [];
}
