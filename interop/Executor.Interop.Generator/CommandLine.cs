namespace Executor.Interop.Generator;

/// <summary>What the arguments ask for. The exit code is 0, 1 on a difference or an error, 2 on wrong usage.</summary>
internal static class CommandLine
{
    private const string Usage = """
        Usage: Executor.Interop.Generator HEADER FOLDER [--check]

        Writes C# for a plain C header: FOLDER/*.g.cs, one type each. What else has that name there is removed.
        castxml reads the header; its comments become documentation.

          --check   write nothing; name each file that differs, and exit with 1 where one does
          --help    print this

        """;

    public static async Task<int> RunAsync(
        string[] arguments, TextWriter output, TextWriter errors, CancellationToken cancellation = default)
    {
        try
        {
            switch (arguments)
            {
                case ["--help" or "-h"]:
                    await output.WriteAsync(Usage);
                    return 0;
                case [[not '-', ..] header, [not '-', ..] folder]:
                    GeneratedFolder.Write(folder, await GenerateAsync(header, cancellation));
                    return 0;
                case [[not '-', ..] header, [not '-', ..] folder, "--check"]:
                    var differing = GeneratedFolder.Differing(folder, await GenerateAsync(header, cancellation));
                    foreach (var file in differing) await errors.WriteLineAsync($"{file} differs from {header}");
                    return differing.Count == 0 ? 0 : 1;
                default:
                    await errors.WriteAsync(Usage);
                    return 2;
            }
        }
        catch (Exception e) when (e is GeneratorException or IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task<IReadOnlyDictionary<string, string>> GenerateAsync(string path, CancellationToken cancellation)
    {
        if (!File.Exists(path)) throw new GeneratorException($"{path}: no such header");
        var header = new HeaderText(path);
        var bindings = HeaderReader.Read(await CastXml.ReadAsync(path, cancellation), header);
        return new CSharpWriter(header.Name, bindings).Files();
    }
}
