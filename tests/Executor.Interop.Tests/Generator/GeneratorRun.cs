using Executor.Interop.Generator;

namespace Executor.Interop.Tests.Generator;

/// <summary>What the tests of the generator share: a header <c>toy_box.h</c> and the folder written from it.</summary>
[CancelAfter(30_000)]
internal abstract class GeneratorRun
{
    private DirectoryInfo _folder = null!;

    protected string Header => Path.Combine(_folder.FullName, "toy_box.h");

    protected string Output => Path.Combine(_folder.FullName, "Generated");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("executor-generator-");

    [TearDown]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    /// <summary>Runs the generator as its command line would.</summary>
    protected static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(arguments, output, errors, TestContext.CurrentContext.CancellationToken);
        return (code, output.ToString(), errors.ToString());
    }

    /// <summary>Writes the header and generates from it.</summary>
    protected async Task<(int Code, string Output, string Errors)> GenerateAsync(string header)
    {
        await File.WriteAllTextAsync(Header, header);
        return await RunAsync(Header, Output);
    }

    /// <summary>What stands in a generated file below its namespace.</summary>
    protected string Body(string name)
    {
        var text = File.ReadAllText(Path.Combine(Output, $"{name}.g.cs"));
        const string start = "namespace Executor.Interop;\n\n";
        return text[(text.IndexOf(start, StringComparison.Ordinal) + start.Length)..];
    }
}
