using System.Globalization;
using Executor.Core.Configuration;
using Executor.Interop;

namespace Executor.Control.Doctor;

/// <summary>What is to be told of the libmesos that was found, or of none.</summary>
internal static class LibmesosFindings
{
    private const string Check = "libmesos";
    private const string Problem = "problem";

    /// <param name="verbose">Tells every symbol instead of the missing ones.</param>
    public static IEnumerable<Finding> Of(LibmesosSearch search, DriverChoice choice, bool verbose)
    {
        var unusable = choice == DriverChoice.Libmesos ? Verdict.Failed : Verdict.Warning;
        var passed = search.Found is null ? search.Tried : search.Tried.Take(search.Tried.Count - 1);
        if (passed.FirstOrDefault(place => place.Origin == LibmesosSearch.Setting) is { } absent)
            yield return absent.IsName
                ? new Finding(
                    Verdict.Warning, LibmesosSearch.Setting, $"{absent.Path}: not on the loader's path", "Name its absolute path, or unset it.")
                : new Finding(
                    Verdict.Warning, LibmesosSearch.Setting, $"{absent.Path}: no such file", "Name a file that exists, or unset it.");
        foreach (var relative in search.Tried.Where(place => !place.IsName && !Path.IsPathRooted(place.Path)))
            yield return new Finding(
                Verdict.Warning, relative.Origin, $"{relative.Path} is relative: the executor looks for it in its sandbox",
                "Name an absolute path.");

        if (search.Found is not { } library)
        {
            yield return new Finding(
                choice == DriverChoice.Libmesos ? Verdict.Failed : Verdict.Ok, Check,
                $"none is found; tried: {string.Join(", ", search.Tried)}",
                choice == DriverChoice.Libmesos ? $"Install Mesos, or set {LibmesosSearch.Setting} to the path of its libmesos.so." : null)
            {
                Facts = new Dictionary<string, string> { [Problem] = nameof(LibmesosProblem.NotFound) },
            };
            yield break;
        }

        var usable = library.Problem == LibmesosProblem.None;
        yield return Library(library, search.Tried[^1].Origin, usable ? Verdict.Ok : unusable);
        if (usable) yield return Release(library);
        foreach (var symbol in Symbols(library, usable ? Verdict.Ok : unusable, verbose)) yield return symbol;
        if (library.FixedShutdownGrace is { } grace && usable)
            yield return new Finding(
                Verdict.Ok, "shutdown grace",
                $"{grace.TotalSeconds} s: drivers before 1.0 kill the executor that long after a shutdown, whatever MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD says");
    }

    private static Finding Library(LibmesosLibrary library, string origin, Verdict verdict)
    {
        var found = library.Problem == LibmesosProblem.None ? $"{library.Path}, from {origin}"
            : HasNoDriver(library) ? $"{library.Path}: not a libmesos, it has no MesosExecutorDriver ({origin})"
            : $"{library.Error} ({origin})";
        return new Finding(verdict, Check, found, Advice(library.Problem))
        {
            Facts = new Dictionary<string, string>
            {
                ["path"] = library.Path,
                ["origin"] = origin,
                [Problem] = library.Problem.ToString(),
            },
        };
    }

    private static Finding Release(LibmesosLibrary library) =>
        new(Verdict.Ok, "libmesos release", $"{library.Versions}, with {library.StringAbi} strings")
        {
            Facts = new Dictionary<string, string> { ["versions"] = library.Versions, ["strings"] = library.StringAbi },
        };

    private static IEnumerable<Finding> Symbols(LibmesosLibrary library, Verdict verdict, bool verbose)
    {
        var (found, wanted) = (library.Symbols.Count(symbol => symbol.Found), library.Symbols.Count);
        if (wanted == 0) yield break;
        yield return new Finding(verdict, "libmesos symbols", string.Create(CultureInfo.InvariantCulture, $"{found} of {wanted} symbols"));
        foreach (var symbol in library.Symbols.Where(symbol => verbose || !(symbol.Found || HasNoDriver(library))))
        {
            yield return new Finding(
                symbol.Found ? Verdict.Ok : verdict, "libmesos symbol",
                $"{(symbol.Found ? "has" : "lacks")} {symbol.Purpose} ({symbol.Name})")
            {
                Facts = new Dictionary<string, string> { ["purpose"] = symbol.Purpose, ["name"] = symbol.Name },
            };
        }
    }

    private static bool HasNoDriver(LibmesosLibrary library) =>
        library.Problem == LibmesosProblem.LacksSymbol
        && !library.Symbols.Any(symbol => symbol.Found && symbol.Purpose.StartsWith("MesosExecutorDriver::", StringComparison.Ordinal));

    private static string? Advice(LibmesosProblem problem) => problem switch
    {
        LibmesosProblem.None => null,
        LibmesosProblem.NoBridge => "Install libexecutor_bridge.so of this release beside executor and executorctl.",
        LibmesosProblem.WrongMachine => "Install the Mesos package of this machine's kind.",
        LibmesosProblem.CannotLoad => "Make it readable, and install what it needs: ldd shows what is missing.",
        LibmesosProblem.LacksSymbol => "Name the libmesos.so of a Mesos from 0.22 to 1.11.",
        _ => "Name, or install anew, the libmesos.so of Mesos.",
    };
}
