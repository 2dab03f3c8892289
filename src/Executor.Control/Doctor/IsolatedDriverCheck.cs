using System.IO.Pipes;
using Executor.Core.Ports;
using Executor.Core.Processes;
using Microsoft.Win32.SafeHandles;

namespace Executor.Control.Doctor;

/// <summary>
/// Which driver the executor would take, and whether that one could start: a <see cref="DriverCheck"/> in a process of its own: a library may do as it likes while it is loaded, which includes
/// ending the process, never coming back, and printing.
/// </summary>
/// <param name="program">executorctl itself.</param>
/// <param name="supervisor">The task-supervisor's path.</param>
internal sealed class IsolatedDriverCheck(
    string program, string supervisor, IReadOnlyDictionary<string, string> environment, bool verbose, TimeProvider time) : ICheck
{
    private const string Check = "libmesos";

    /// <summary>What is found comes on a descriptor of its own, apart from what a library prints; no core file is left.</summary>
    private const string Script = "ulimit -c 0; exec \"$0\" \"$@\" 3>&1 > /dev/null";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<Finding>> RunAsync()
    {
        try
        {
            var (exit, report) = await RunChildAsync();
            if (report.Findings.Count == 0) return [Explain(report.Opened, exit)];
            return report.Driver is { } driver
                ? [.. report.Findings, await AgentVariables.FindingAsync(environment, libmesos: driver == DriverCheck.Libmesos)]
                : report.Findings;
        }
        catch (ProcessStartException error)
        {
            return [new Finding(
                Verdict.Failed, "driver", $"cannot be checked: {error.Message}", "Mend the supervisor first.")];
        }
    }

    /// <returns>How the child ended, null when it did not in time; and what it had told by then.</returns>
    private async Task<(ProcessExit? Exit, DriverReport Report)> RunChildAsync()
    {
        await using var pipe = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        using var output = new SafeFileHandle(pipe.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: false);
        await using var process = await new SupervisedProcessLauncher(supervisor, time).LaunchAsync(
            new ProcessDescription
            {
                Program = "/bin/sh",
                Arguments = ["sh", "-c", Script, program, "doctor", "--driver-report", "/dev/fd/3", .. verbose ? ["--verbose"] : Array.Empty<string>()],
                Environment = environment,
                WorkingDirectory = Directory.GetCurrentDirectory(),
                OrphanGrace = TimeSpan.Zero,
                StandardOutput = output,
            },
            CancellationToken.None);
        pipe.DisposeLocalCopyOfClientHandle();
        using var reader = new StreamReader(pipe);
        var text = Task.Run(reader.ReadToEnd);
        var exit = await ExitAsync(process);
        // What it has started would keep the pipe open.
        process.Signal(Signals.Kill);
        return (exit, DriverReport.Parse(await text));
    }

    private async Task<ProcessExit?> ExitAsync(ISupervisedProcess process)
    {
        try
        {
            return await process.LeaderExit.WaitAsync(Limit, time);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static Finding Explain(Finding? opened, ProcessExit? exit)
    {
        var end = exit switch
        {
            null => $"does not come back within {Limit.TotalSeconds} s",
            { Signal: { } signal } => $"ended the process (signal {Signals.Name(signal)})",
            _ => $"ended the process (exit code {exit.Code})",
        };
        return opened is null
            ? new Finding(Verdict.Failed, "driver", $"cannot be checked: looking for libmesos {end}", "Look at the host's limits and load.")
            : new Finding(
                Verdict.Failed, Check, $"{opened.Found}: loading it {end}",
                "The executor would fare as badly: install or name another libmesos, or set EXECUTOR_DRIVER to managed.")
            {
                Facts = new Dictionary<string, string>(opened.Facts) { ["problem"] = "Fatal" },
            };
    }
}
