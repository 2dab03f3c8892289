using Executor.Core.Ports;
using Executor.Core.Processes;

namespace Executor.Core.Tests.Processes;

/// <summary>What the tests with real processes share. Each test has 30 seconds, and whatever it starts ends with it.</summary>
[CancelAfter(30_000)]
internal abstract class ProcessTests
{
    protected const int Sigkill = 9;
    protected const int Sigusr1 = 10;
    protected const int Sigterm = 15;
    protected const int Sigcont = 18;
    protected const int Sigstop = 19;

    protected static string SupervisorPath { get; } = Find("task-supervisor");

    /// <summary>tests/TestTask, a program that does what no application should.</summary>
    protected static string TestTaskPath { get; } = Find("test-task");

    /// <summary>Runs a program as on Linux 3.10.</summary>
    protected static string OldKernelPath { get; } = Find("old-kernel");

    protected static CancellationToken Limit => TestContext.CurrentContext.CancellationToken;

    protected static ProcessDescription Program(params string[] arguments) => new()
    {
        Program = arguments.FirstOrDefault(""),
        Arguments = arguments,
        Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
        WorkingDirectory = "/",
        OrphanGrace = TimeSpan.FromMilliseconds(300),
    };

    protected static ProcessDescription Sh(string script) => Program("sh", "-c", script);

    protected static Task<ISupervisedProcess> LaunchAsync(ProcessDescription description) =>
        LaunchAsync(description, SupervisorPath);

    protected static Task<ISupervisedProcess> LaunchAsync(ProcessDescription description, string supervisor) =>
        new SupervisedProcessLauncher(supervisor, TimeProvider.System).LaunchAsync(description, Limit);

    protected static Task<ISupervisedProcess> LaunchAsync(ProcessDescription description, Output output) =>
        LaunchAsync(description with { StandardOutput = output.Handle });

    /// <summary>Everything the program prints until the last holder of its stdout has ended.</summary>
    protected static async Task<string> OutputOfAsync(ProcessDescription description)
    {
        using var output = new Output();
        await using var process = await LaunchAsync(description, output);
        return await output.ReadToEndAsync(Limit);
    }

    protected static async Task<ProcessExit> ExitOfAsync(ProcessDescription description)
    {
        await using var process = await LaunchAsync(description);
        return await process.LeaderExit.WaitAsync(Limit);
    }

    private static string Find(string program)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Executor.sln")))
            directory = directory.Parent;
        var path = Path.Combine(directory?.FullName ?? "", "out", program);
        return File.Exists(path) ? path : throw new FileNotFoundException("./build.sh build makes it", path);
    }
}
