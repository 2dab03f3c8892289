using System.Diagnostics;
using static Executor.EndToEnd.Tests.Doctor.DoctorRun;

namespace Executor.EndToEnd.Tests.Doctor;

/// <summary>Libraries whose initialisers do what none should; doctor itself stays whole and quiet.</summary>
[CancelAfter(60_000)]
public sealed class FatalLibraryTests
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("executor-doctor-");

    [TearDown]
    public void TearDown() => _folder.Delete(recursive: true);

    [TestCase("*(volatile int *)0 = 1;", "loading it ended the process (signal SIGSEGV (11))")]
    [TestCase("abort();", "loading it ended the process (signal SIGABRT (6))")]
    [TestCase("exit(0);", "loading it ended the process (exit code 0)")]
    [TestCase("exit(3);", "loading it ended the process (exit code 3)")]
    [TestCase("pause();", "loading it does not come back within 5 s")]
    public async Task A_library_that_ends_the_process_or_never_comes_back_is_named(
        string initialiser, string text, CancellationToken limit)
    {
        var library = await CompileAsync(initialiser, limit);

        var run = await JsonAsync(limit, ("EXECUTOR_LIBMESOS", library));

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(Text(run["libmesos"], "verdict"), Is.EqualTo("failed"));
        Assert.That(Text(run["libmesos"], "found"), Is.EqualTo($"{library}: {text}"));
        Assert.That(Text(run["libmesos"], "problem"), Is.EqualTo("Fatal"));
        Assert.That(run.Findings.Any(finding => Text(finding, "check") == "driver"), Is.False);
    }

    [Test]
    public async Task What_a_library_prints_does_not_get_into_the_findings(CancellationToken limit)
    {
        var library = await CompileAsync("write(1, \"hello\\n\", 6);", limit);

        var run = await JsonAsync(limit, ("EXECUTOR_LIBMESOS", library));

        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(run.Output, Does.Not.Contain("hello"));
        Assert.That(Text(run["libmesos"], "problem"), Is.EqualTo("LacksSymbol"));
    }

    private async Task<string> CompileAsync(string initialiser, CancellationToken limit)
    {
        var (source, library) = (Path.Combine(_folder.FullName, "library.c"), Path.Combine(_folder.FullName, "libmesos.so"));
        await File.WriteAllTextAsync(
            source,
            $$"""
            #include <signal.h>
            #include <stdlib.h>
            #include <unistd.h>
            __attribute__((constructor)) static void initialise(void) { {{initialiser}} }
            """,
            limit);
        using var gcc = Process.Start("gcc", ["-shared", "-fPIC", "-w", "-o", library, source]);
        await gcc.WaitForExitAsync(limit);
        Assert.That(gcc.ExitCode, Is.Zero);
        return library;
    }
}
