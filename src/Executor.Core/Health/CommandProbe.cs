using Executor.Core.Hooks;
using Executor.Core.Ports;
using Mesos;
using Microsoft.Win32.SafeHandles;

namespace Executor.Core.Health;

/// <summary>
/// Runs a program beside the task, with the task's user, limits, environment and folder. What it prints goes to the
/// executor's stderr; whatever it leaves behind is killed, and so is all of it when its time is over. What is stuck in the
/// kernel is left to it after 15 s at most: the check has failed, and the next one follows.
/// </summary>
internal sealed class CommandProbe(IProcessLauncher launcher, ProbePlan.Command plan, ProcessDescription task) : IProbe
{
    private readonly SafeFileHandle _stderr = new(2, ownsHandle: false);

    /// <summary>People put secrets into command lines.</summary>
    public string Description => "health command";

    public async Task<ProbeResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var process = await launcher.LaunchAsync(Process(), cancellationToken);
            try
            {
                await process.LeaderExit.WaitAsync(cancellationToken);
            }
            finally
            {
                process.Signal(Signals.Kill);
            }

            return Result(await process.LeaderExit);
        }
        catch (ProcessStartException e)
        {
            return new ProbeResult(e.Message, CheckStatuses.Unknown(CheckInfo.Types.Type.Command));
        }
    }

    public void Dispose() => _stderr.Dispose();

    private ProcessDescription Process()
    {
        var environment = new Dictionary<string, string>(task.Environment, StringComparer.Ordinal);
        foreach (var (name, value) in plan.Environment) environment[name] = value;
        return task with
        {
            Program = plan.Program,
            Arguments = plan.Arguments,
            Environment = environment,
            User = plan.User ?? task.User,
            HandOverDirectory = false,
            OrphanGrace = TimeSpan.Zero,
            StandardOutput = _stderr,
        };
    }

    private static ProbeResult Result(ProcessExit exit)
    {
        var status = CheckStatuses.Unknown(CheckInfo.Types.Type.Command);
        if (exit.Code is not { } code)
            return new ProbeResult(exit.Signal is { } signal ? $"it was ended by signal {Signals.Name(signal)}" : "it was lost", status);
        status.Command.ExitCode = code;
        return new ProbeResult(code == 0 ? null : FormattableString.Invariant($"it exited with status {code}"), status);
    }
}
