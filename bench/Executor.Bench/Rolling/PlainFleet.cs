using System.Globalization;
using Executor.Core.Ports;

namespace Executor.Bench.Rolling;

/// <summary>
/// Instances as the built-in command executor runs them, and a HAProxy that is switched from outside. The command is a
/// shell's, which stays between; a kill is SIGTERM to the whole tree, the shell's death is the task's end, and a second
/// later, when the executor has left, what still runs gets SIGKILL. Whoever listens to the cluster's events switches the
/// slots <see cref="EventDelay"/> after them: on at TASK_RUNNING, which is the start, off at the end.
/// </summary>
internal sealed class PlainFleet(Balancer balancer, IProcessLauncher launcher, string program) : IFleet
{
    private static readonly TimeSpan EventDelay = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan ExecutorExit = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, (ISupervisedProcess Process, string Slot)> _instances = [];
    private readonly List<Task> _endings = [];

    public async Task<int> StartAsync(CancellationToken cancellationToken)
    {
        var port = Balancer.FreePort().Port;
        var process = await launcher.LaunchAsync(
            new ProcessDescription
            {
                Program = "sh",
                Arguments = ["sh", "-c", $"'{program}' > /dev/null; exit $?"],
                Environment = new Dictionary<string, string>(Service.Variables(port)) { ["PATH"] = "/usr/bin:/bin" },
                WorkingDirectory = "/",
            },
            cancellationToken);
        var slot = Enumerable.Range(1, 8).Select(number => string.Create(CultureInfo.InvariantCulture, $"web/slot-{number}"))
            .First(name => _instances.Values.All(instance => instance.Slot != name));
        _instances.Add(port, (process, slot));
        await Task.Delay(EventDelay, TimeProvider.System, cancellationToken);
        await balancer.AskAsync($"set server {slot} addr 127.0.0.1 port {port}; set server {slot} state ready", cancellationToken);
        return port;
    }

    public async Task StopAsync(int port, CancellationToken cancellationToken)
    {
        var (process, slot) = _instances[port];
        process.Signal(Signals.Terminate);
        await process.LeaderExit.WaitAsync(cancellationToken);
        _endings.Add(EndAsync(process));
        await Task.Delay(EventDelay, TimeProvider.System, cancellationToken);
        await balancer.AskAsync($"set server {slot} state maint", cancellationToken);
        _instances.Remove(port);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (process, _) in _instances.Values)
        {
            process.Signal(Signals.Kill);
            _endings.Add(EndAsync(process));
        }

        await Task.WhenAll(_endings);
    }

    private static async Task EndAsync(ISupervisedProcess process)
    {
        await Task.WhenAny(process.TreeEmpty, Task.Delay(ExecutorExit, TimeProvider.System));
        process.Signal(Signals.Kill);
        await process.TreeEmpty;
        await process.DisposeAsync();
    }
}
