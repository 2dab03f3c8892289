using System.Diagnostics;
using System.Globalization;

namespace Executor.Interop.Tests.Generated;

/// <summary>Asks gcc what C's expressions are worth under a header.</summary>
internal static class CCompiler
{
    public static async Task<IReadOnlyDictionary<string, long>> EvaluateAsync(
        string header, IEnumerable<string> expressions, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("executor-interop-");
        try
        {
            var (source, program) = (Path.Combine(folder.FullName, "ask.c"), Path.Combine(folder.FullName, "ask"));
            await File.WriteAllLinesAsync(
                source,
                [
                    "#include <stdio.h>",
                    $"#include \"{header}\"",
                    "int main(void) {",
                    .. expressions.Select(e => $"printf(\"%s=%lld\\n\", \"{e}\", (long long)({e}));"),
                    "}",
                ],
                cancellation);
            await RunAsync("gcc", ["-std=c11", "-Wall", "-Werror", "-o", program, source], cancellation);
            return (await RunAsync(program, [], cancellation))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('='))
                .ToDictionary(pair => pair[0], pair => long.Parse(pair[1], CultureInfo.InvariantCulture));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        Assert.That(process.ExitCode, Is.Zero, $"{program} failed, see what it wrote above");
        return output;
    }
}
