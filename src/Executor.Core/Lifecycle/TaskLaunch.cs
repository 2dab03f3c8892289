using Executor.Core.Hooks;
using Executor.Core.Ports;

namespace Executor.Core.Lifecycle;

/// <summary>The way from a command to its process: BeforeStart, then the launch. Used once.</summary>
/// <param name="withheld">Names of variables that the task does not get.</param>
internal sealed class TaskLaunch(
    TaskCommand command, TaskSurroundings surroundings, IReadOnlyCollection<string> withheld, TimeSpan orphanGrace)
{
    /// <summary>What the process is started with, less what BeforeStart adds to its environment.</summary>
    public ProcessDescription Description { get; } = new()
    {
        Program = command.Program,
        Arguments = command.Arguments,
        Environment = TaskEnvironment.Build(surroundings.Environment, command, surroundings.Sandbox, withheld),
        WorkingDirectory = surroundings.Sandbox,
        OrphanGrace = orphanGrace,
        User = command.User,
        HandOverDirectory = true,
        Limits = surroundings.Traits.Limits,
        Umask = surroundings.Traits.Umask,
        OomScoreAdjustment = surroundings.Traits.OomScoreAdjustment,
        SparedFromTerminate = surroundings.Traits.SparedFromTerminate,
    };

    /// <summary>Never faults.</summary>
    /// <returns>Started or NotStarted.</returns>
    public async Task<TaskMessage> RunAsync(HookPipeline hooks, TaskStory story, CancellationToken cancellationToken)
    {
        try
        {
            var environment = new Dictionary<string, string>(Description.Environment, StringComparer.Ordinal);
            foreach (var (name, value) in await hooks.BeforeStartAsync(cancellationToken)) environment[name] = value;
            var description = Description with { Environment = environment };
            story.Starting(command);
            using var output = hooks.OpenOutput();
            var process = await surroundings.Launcher.LaunchAsync(
                description with { StandardOutput = output?.StandardOutput, StandardError = output?.StandardError },
                cancellationToken);
            return new TaskMessage.Started(process, description);
        }
        catch (OperationCanceledException)
        {
            return new TaskMessage.NotStarted(null);
        }
        catch (Exception e)
        {
            if (e is not (ProcessStartException or HookException)) story.CannotStart(e);
            return new TaskMessage.NotStarted(e.Message);
        }
    }
}
