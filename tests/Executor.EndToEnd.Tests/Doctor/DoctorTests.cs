using System.Diagnostics;
using static Executor.EndToEnd.Tests.Doctor.DoctorRun;

namespace Executor.EndToEnd.Tests.Doctor;

/// <summary>The published <c>executorctl doctor</c>, shown libraries of every kind.</summary>
[CancelAfter(30_000)]
public sealed class DoctorTests
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("executor-doctor-");

    [TearDown]
    public void TearDown() => _folder.Delete(recursive: true);

    [TestCase("new", "1.8 to 1.11", "C++11")]
    [TestCase("old", "0.22 to 0.28", "copy-on-write")]
    public async Task A_good_libmesos_is_told_with_its_releases_and_strings(
        string variant, string versions, string strings, CancellationToken limit)
    {
        var library = Built.Program($"standin/libmesos-{variant}.so");
        var run = await JsonAsync(limit, ("MESOS_NATIVE_LIBRARY", library), ("LIBPROCESS_IP", "127.0.0.1"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.Zero);
            Assert.That(run.Error, Is.Empty);
            Assert.That(run.Findings.Select(finding => Text(finding, "verdict")), Is.All.EqualTo("ok"), run.Output);
            Assert.That(Text(run["driver"], "driver"), Is.EqualTo("libmesos"));
            Assert.That(Text(run["libmesos"], "path"), Is.EqualTo(library));
            Assert.That(Text(run["libmesos"], "origin"), Is.EqualTo("MESOS_NATIVE_LIBRARY"));
            Assert.That(Text(run["libmesos release"], "versions"), Is.EqualTo(versions));
            Assert.That(Text(run["libmesos release"], "strings"), Is.EqualTo(strings));
            Assert.That(Text(run["libmesos symbols"], "found"), Is.EqualTo("17 of 17 symbols"));
            Assert.That(run.Findings.Any(finding => Text(finding, "check") == "shutdown grace"), Is.EqualTo(variant == "old"));
        }
    }

    [TestCase("missing", "NotFound", "/libmesos.so (EXECUTOR_LIBMESOS)")]
    [TestCase("text", "NotALibrary", "not a shared library")]
    [TestCase("truncated", "NotALibrary", "damaged or cut short")]
    [TestCase("wrong machine", "WrongMachine", "for another kind of machine")]
    [TestCase("incomplete", "LacksSymbol", "lacks MesosExecutorDriver::sendStatusUpdate(TaskStatus) (_ZN5mesos19MesosExecutorDriver16sendStatusUpdateERKNS_10TaskStatusE)")]
    [TestCase("foreign", "LacksSymbol", "not a libmesos, it has no MesosExecutorDriver")]
    public async Task Libraries_that_cannot_be_used_are_told_apart(
        string kind, string problem, string text, CancellationToken limit)
    {
        var library = await LibraryAsync(kind, limit);
        var auto = await JsonAsync(limit, ("EXECUTOR_LIBMESOS", library));
        var demanded = await JsonAsync(limit, ("EXECUTOR_LIBMESOS", library), ("EXECUTOR_DRIVER", "libmesos"));

        var nothing = problem == "NotFound";
        using (Assert.EnterMultipleScope())
        {
            Assert.That(auto.ExitCode, Is.Zero);
            Assert.That(Text(auto["driver"], "driver"), Is.EqualTo("managed"));
            Assert.That(Text(auto["libmesos"], "verdict"), Is.EqualTo(nothing ? "ok" : "warning"));
            Assert.That(Text(auto["libmesos"], "found"), Does.Contain(text));
            Assert.That(Text(auto["libmesos"], "problem"), Is.EqualTo(problem));

            Assert.That(demanded.ExitCode, Is.EqualTo(1));
            Assert.That(Text(demanded["driver"], "verdict"), Is.EqualTo("failed"));
            Assert.That(Text(demanded["libmesos"], "verdict"), Is.EqualTo("failed"));
            Assert.That(Text(demanded["libmesos"], "found"), Does.Contain(text));
            Assert.That(Text(demanded["libmesos"], "advice"), Is.Not.Null);
        }
    }

    [Test]
    public async Task Missing_symbols_have_a_line_each_and_verbose_tells_all_of_them(CancellationToken limit)
    {
        var program = Built.Program("executorctl");
        (string, string)[] environment = [("EXECUTOR_LIBMESOS", Built.Program("standin/libmesos-incomplete.so"))];

        var run = await RunAsync(program, [], environment, limit);
        var verbose = await RunAsync(program, ["--verbose"], environment, limit);

        Assert.That(run.Output, Does.Match("(?m)^warning  libmesos symbols +16 of 17 symbols$"));
        Assert.That(Symbols(run.Output), Has.Count.EqualTo(1).And.All.Contains("lacks MesosExecutorDriver::sendStatusUpdate(TaskStatus) (_ZN5mesos"));
        Assert.That(Symbols(verbose.Output), Has.Count.EqualTo(17));
    }

    [Test]
    public async Task A_missing_supervisor_is_told_and_leaves_the_driver_unchecked(CancellationToken limit)
    {
        var run = await RunAsync(CopyOf("executorctl"), ["--json"], [], limit);

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(Text(run["supervisor"], "found"), Does.Contain($"\"{_folder.FullName}/task-supervisor\": No such file"));
        Assert.That(Text(run["driver"], "found"), Does.StartWith("cannot be checked: "));
    }

    [Test]
    public async Task A_missing_bridge_is_told(CancellationToken limit)
    {
        CopyOf("task-supervisor");
        var run = await RunAsync(
            CopyOf("executorctl"), ["--json"], [("EXECUTOR_LIBMESOS", Built.Program("standin/libmesos-new.so"))], limit);

        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(Text(run["libmesos"], "problem"), Is.EqualTo("NoBridge"));
        Assert.That(Text(run["libmesos"], "advice"), Does.Contain("libexecutor_bridge.so"));
    }

    [Test]
    public async Task An_address_that_libmesos_cannot_use_fails_and_an_unknown_setting_warns(CancellationToken limit)
    {
        var run = await JsonAsync(
            limit, ("EXECUTOR_LIBMESOS", Built.Program("standin/libmesos-new.so")), ("LIBPROCESS_IP", "::1"),
            ("EXECUTOR_LOGLEVEL", "info"));

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(Text(run["agent variables"], "verdict"), Is.EqualTo("failed"));
        Assert.That(Text(run["EXECUTOR_LOGLEVEL"], "verdict"), Is.EqualTo("warning"));
    }

    private string CopyOf(string program)
    {
        var copy = Path.Combine(_folder.FullName, program);
        File.Copy(Built.Program(program), copy);
        return copy;
    }

    [Test]
    public async Task A_foreign_library_has_no_line_for_each_symbol_that_it_lacks(CancellationToken limit)
    {
        var run = await RunAsync(Built.Program("executorctl"), [], [("EXECUTOR_LIBMESOS", "libm.so.6")], limit);

        Assert.That(Symbols(run.Output), Is.Empty);
    }

    [Test]
    public async Task A_closed_stdout_is_one_line_and_exit_code_1(CancellationToken limit)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" doctor >&-", Built.Program("executorctl")])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(limit);
        await process.WaitForExitAsync(limit);

        Assert.That(process.ExitCode, Is.EqualTo(1));
        Assert.That(error, Is.EqualTo("executorctl: stdout is closed\n"));
    }

    private static List<string> Symbols(string output) =>
        [.. output.Split('\n').Where(line => line.Contains("libmesos symbol ", StringComparison.Ordinal))];

    private async Task<string> LibraryAsync(string kind, CancellationToken limit)
    {
        if (kind == "foreign") return "libm.so.6";
        if (kind == "incomplete") return Built.Program("standin/libmesos-incomplete.so");
        var path = Path.Combine(_folder.FullName, "libmesos.so");
        if (kind == "missing") return path;
        var bytes = await File.ReadAllBytesAsync(Built.Program("standin/libmesos-new.so"), limit);
        const int machine = 18; // of the ELF header; 183 is AArch64
        if (kind == "wrong machine") bytes[machine] = 183;
        await File.WriteAllBytesAsync(
            path, kind switch { "text" => "no library\n"u8.ToArray(), "truncated" => bytes[..(bytes.Length / 2)], _ => bytes }, limit);
        return path;
    }
}
