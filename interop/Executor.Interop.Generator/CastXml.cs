using System.ComponentModel;
using System.Diagnostics;
using System.Xml.Linq;

#pragma warning disable RS0030 // Process: no task's supervisor runs beside a developer's tool.

namespace Executor.Interop.Generator;

/// <summary>Runs castxml, a clang that writes as XML what a header declares.</summary>
internal static class CastXml
{
    public static async Task<XElement> ReadAsync(string header, CancellationToken cancellation)
    {
        using var castxml = Start(header);
        var output = castxml.StandardOutput.ReadToEndAsync(cancellation);
        var errors = castxml.StandardError.ReadToEndAsync(cancellation);
        await castxml.WaitForExitAsync(cancellation);
        if (castxml.ExitCode == 0) return XElement.Parse(await output);

        var lines = (await errors).Split('\n');
        throw new GeneratorException(lines.FirstOrDefault(line => line.Contains("error:", StringComparison.Ordinal), lines[0]));
    }

    private static Process Start(string header)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("castxml", ["--castxml-output=1", "-o", "-", header])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception)
        {
            throw new GeneratorException("castxml is not installed: ./build.sh bootstrap installs it");
        }
    }
}
