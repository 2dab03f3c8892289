using System.Diagnostics;
using System.Globalization;
using Executor.Core.Ports;
using Executor.Core.Processes;

namespace Executor.Bench.Logs;

/// <summary>syslog-ng with the same work: the same lines from a pipe, parsed, written as JSON, sent over TCP.</summary>
internal static class SyslogNg
{
    /// <returns>Seconds until the receiver had all lines, and seconds of CPU.</returns>
    public static async Task<(double Seconds, double Cpu)> RunAsync(string folder, string kind, long lines)
    {
        using var receiver = new CountingReceiver(ReceiverPace.Fast);
        var work = Directory.CreateTempSubdirectory("executor-bench-");
        var pipe = Path.Combine(work.FullName, "lines");
        if (Posix.MakeFifo(pipe, 0x1b6) != 0) throw new IOException(pipe);
        var parser = kind == "json" ? "json-parser(prefix(\".f.\"))" : "kv-parser(prefix(\".f.\"))";
        await File.WriteAllTextAsync(Path.Combine(work.FullName, "syslog-ng.conf"), $$"""
            @version: 3.38
            options { stats-freq(0); threaded(yes); use-dns(no); dns-cache(no); flush-lines(1000); log-fifo-size(200000); };
            source lines { pipe("{{pipe}}" flags(no-parse) log-fetch-limit(1000) log-iw-size(100000)); };
            parser fields { {{parser}}; };
            destination receiver { network("127.0.0.1" port({{receiver.Port}}) transport("tcp")
                template("$(format-json --key .f.* --rekey .f.* --shift 3 --pair host=${HOST} --pair stream=stdout --pair task=bench)\n")); };
            log { source(lines); parser(fields); destination(receiver); flags(flow-control); };

            """);
        var launcher = new SupervisedProcessLauncher(Path.Combine(folder, "task-supervisor"), TimeProvider.System);
        var daemon = await LaunchAsync("syslog-ng", "-F", "--no-caps", "-f", "syslog-ng.conf", "-R", "persist", "-p", "pid", "-c", "control");
        var start = Stopwatch.GetTimestamp();
        // The shell waits for the reader of the pipe, and the clock begins when it has it.
        await using var producer = await LaunchAsync("sh", "-c", string.Create(
            CultureInfo.InvariantCulture, $"exec > lines; exec {Environment.ProcessPath} print {kind} {lines} took"));
        while (receiver.Lines == 0 && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30)) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        start = Stopwatch.GetTimestamp();
        while (receiver.Lines < lines && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(2)) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var cpu = ProcFigures.CpuSeconds(daemon.Pid) + ProcFigures.Children(daemon.Pid).Sum(ProcFigures.CpuSeconds);
        daemon.Signal(Signals.Kill);
        await daemon.TreeEmpty;
        await daemon.DisposeAsync();
        work.Delete(recursive: true);
        return (seconds, cpu);

        Task<ISupervisedProcess> LaunchAsync(params string[] arguments) => launcher.LaunchAsync(
            new ProcessDescription
            {
                Program = arguments[0],
                Arguments = arguments,
                Environment = new Dictionary<string, string> { ["PATH"] = "/usr/sbin:/usr/bin:/bin" },
                WorkingDirectory = work.FullName,
            },
            CancellationToken.None);
    }
}
