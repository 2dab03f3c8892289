namespace Executor.Interop;

/// <summary>One place where a libmesos was looked for.</summary>
/// <param name="Path">What was opened: a path, or a bare name for the loader to find.</param>
/// <param name="Origin">Why there: a variable's name, or the place in words.</param>
public sealed record LibmesosCandidate(string Path, string Origin)
{
    /// <summary>Whether it is a name for the loader to find, and no path.</summary>
    public bool IsName => !Path.Contains('/');

    public override string ToString() => $"{Path} ({Origin})";
}

/// <summary>
/// Looks for the libmesos of this host: where the variables say, then where the loader looks, then in the two folders
/// that packages and builds install to. The first file that exists is the one, usable or not.
/// </summary>
public sealed record LibmesosSearch
{
    public const string Setting = "EXECUTOR_LIBMESOS";

    private const string FileName = "libmesos.so";

    /// <summary>Agents set the first; the second is its older name, which agents set, too.</summary>
    private static readonly string[] Variables = [Setting, "MESOS_NATIVE_LIBRARY", "MESOS_NATIVE_JAVA_LIBRARY"];

    private static readonly string[] Folders = ["/usr/lib", "/usr/local/lib"];

    /// <summary>Every place up to the one where it was found, in the order of the search.</summary>
    public required IReadOnlyList<LibmesosCandidate> Tried { get; init; }

    /// <summary>The library at the last place that was tried; null when none was found.</summary>
    public LibmesosLibrary? Found { get; init; }

    /// <param name="environment">This process's.</param>
    /// <param name="opening">
    /// Called before a file is opened: what the file runs then, its initialisers, may end this process.
    /// </param>
    public static LibmesosSearch Run(
        IReadOnlyDictionary<string, string> environment, Action<LibmesosCandidate>? opening = null)
    {
        var tried = new List<LibmesosCandidate>();
        foreach (var candidate in Candidates(environment))
        {
            tried.Add(candidate);
            if (!candidate.IsName && IsAbsent(candidate.Path)) continue;
            opening?.Invoke(candidate);
            var library = LibmesosLibrary.Open(candidate.Path);
            if (candidate.IsName && library.Problem == LibmesosProblem.NoBridge)
                tried[^1] = candidate with { Origin = $"{candidate.Origin}: not searched without {LibmesosLibrary.Bridge}" };
            else if (library.Problem != LibmesosProblem.NotFound)
                return new LibmesosSearch { Tried = tried, Found = library };
        }

        return new LibmesosSearch { Tried = tried };
    }

    /// <summary>A file that is there but may not be reached is not absent.</summary>
    private static bool IsAbsent(string path)
    {
        try
        {
            File.GetAttributes(path);
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static IEnumerable<LibmesosCandidate> Candidates(IReadOnlyDictionary<string, string> environment)
    {
        foreach (var variable in Variables)
            if (environment.TryGetValue(variable, out var path) && path.Length > 0)
                yield return new LibmesosCandidate(path, variable);
        yield return new LibmesosCandidate(FileName, "the loader's path");
        foreach (var folder in Folders)
            yield return new LibmesosCandidate($"{folder}/{FileName}", "a default place");
    }
}
