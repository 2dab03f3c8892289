using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Executor.Interop;

/// <summary>What keeps a file from being used as libmesos.</summary>
public enum LibmesosProblem
{
    /// <summary>Nothing: it can be used.</summary>
    None,

    /// <summary>There is no such file, and none of that name on the loader's path.</summary>
    NotFound,

    NotALibrary,

    WrongMachine,

    /// <summary>The loader refused it, e.g. because a library that it needs is missing.</summary>
    CannotLoad,

    /// <summary>It is no libmesos, or none from 0.22 to 1.11.</summary>
    LacksSymbol,

    /// <summary>The bridge, a library of ours, is missing or of another version.</summary>
    NoBridge,
}

/// <summary>One symbol that is looked for in a libmesos.</summary>
/// <param name="Purpose">For people, e.g. <c>MesosExecutorDriver::start()</c>.</param>
/// <param name="Name">Mangled.</param>
public sealed record LibmesosSymbol(string Purpose, string Name, bool Found);

/// <summary>
/// A file that was opened as libmesos, and what became of it: a library that cannot be used is data with a reason,
/// never an exception. What was loaded stays loaded.
/// </summary>
public sealed unsafe class LibmesosLibrary
{
    /// <summary>The file name of the bridge.</summary>
    public const string Bridge = $"lib{ExecutorBridge.Library}.so";

    private const int ErrorSize = 2048;

    /// <summary>The file that the loader took; where it took none, the path as given.</summary>
    public string Path { get; private init; } = "";

    public LibmesosProblem Problem { get; private init; }

    /// <summary>One line that names the file, and the symbol where one is missing; empty where there is no problem.</summary>
    public string Error { get; private init; } = "";

    /// <summary>Its releases as far as its symbols tell, e.g. <c>1.2 to 1.6</c>; empty where it cannot be used.</summary>
    public string Versions { get; private init; } = "";

    /// <summary>The first of <see cref="Versions"/>; 0.0 where it cannot be used.</summary>
    public Version OldestRelease { get; private init; } = new();

    /// <summary>Which <c>std::string</c> it was built with: <c>C++11</c> or <c>copy-on-write</c>; empty when unknown.</summary>
    public string StringAbi { get; private init; } = "";

    /// <summary>Every symbol that is looked for; none where the file was not loaded.</summary>
    public IReadOnlyList<LibmesosSymbol> Symbols { get; private init; } = [];

    /// <summary>
    /// Drivers before 1.0 end the process five seconds after a shutdown whatever
    /// MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD says (exec.cpp); null where they do as it says.
    /// </summary>
    public TimeSpan? FixedShutdownGrace { get; private init; }

    internal EbLibrary* Handle { get; private init; }

    /// <param name="path">Of the file; without a slash it is looked up on the loader's path.</param>
    public static LibmesosLibrary Open(string path)
    {
        try
        {
            var version = ExecutorBridge.Version();
            return version == ExecutorBridge.Header.Version
                ? Load(path)
                : NoBridge(path, $"it has version {version}, this program needs {ExecutorBridge.Header.Version}");
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return NoBridge(path, "it belongs beside this program, and cannot be loaded from there");
        }
    }

    private static LibmesosLibrary NoBridge(string path, string why) => new()
    {
        Path = path,
        Problem = LibmesosProblem.NoBridge,
        Error = $"{path} cannot be used without {Bridge}: {why}",
    };

    private static LibmesosLibrary Load(string path)
    {
        EbLibrary* handle;
        EbResult result;
        var error = stackalloc byte[ErrorSize];
        error[0] = 0;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
            result = ExecutorBridge.LibraryOpen(name, &handle, error, ErrorSize);
        var text = Text(error);
        if (handle is null) return new LibmesosLibrary { Path = path, Problem = ProblemOf(result), Error = text };

        EbDescription description;
        ExecutorBridge.LibraryDescribe(handle, &description);
        return new LibmesosLibrary
        {
            Path = Text(description.Path),
            Problem = ProblemOf(result),
            Error = text,
            Versions = result == EbResult.Ok
                ? $"{Release(description.OldestVersion)} to {Release(description.NewestVersion)}"
                : "",
            OldestRelease = new Version(description.OldestVersion / 1000, description.OldestVersion % 1000),
            StringAbi = description.StringAbi switch
            {
                EbStringAbi.Cxx11 => "C++11",
                EbStringAbi.CopyOnWrite => "copy-on-write",
                _ => "",
            },
            Symbols = SymbolsOf(handle, description.Symbols),
            FixedShutdownGrace = description.OldestVersion < 1000 ? TimeSpan.FromSeconds(5) : null,
            Handle = handle,
        };
    }

    private static LibmesosProblem ProblemOf(EbResult result) => result switch
    {
        EbResult.Ok => LibmesosProblem.None,
        EbResult.NotFound => LibmesosProblem.NotFound,
        EbResult.NotALibrary => LibmesosProblem.NotALibrary,
        EbResult.WrongMachine => LibmesosProblem.WrongMachine,
        EbResult.LacksSymbol => LibmesosProblem.LacksSymbol,
        _ => LibmesosProblem.CannotLoad,
    };

    private static LibmesosSymbol[] SymbolsOf(EbLibrary* handle, int count)
    {
        var symbols = new LibmesosSymbol[count];
        for (var i = 0; i < count; i++)
        {
            EbSymbol symbol;
            ExecutorBridge.LibrarySymbol(handle, i, &symbol);
            symbols[i] = new LibmesosSymbol(Text(symbol.Purpose), Text(symbol.Name), symbol.Found != 0);
        }

        return symbols;
    }

    private static string Release(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{number / 1000}.{number % 1000}");

    private static string Text(byte* characters) => Marshal.PtrToStringUTF8((nint)characters) ?? "";
}
