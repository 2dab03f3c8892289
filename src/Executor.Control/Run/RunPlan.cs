using System.Globalization;
using Executor.Control.CommandLine;
using Executor.Control.Marathon;

namespace Executor.Control.Run;

/// <summary>Everything a run needs, made ready before anything starts, so that what is wrong is found first.</summary>
/// <param name="Directory">Holds the sandboxes; absolute.</param>
/// <param name="Temporary">Whether the directory is ours to remove.</param>
internal sealed record RunPlan(string Directory, bool Temporary, IReadOnlyList<Instance> Instances)
{
    /// <summary>What tasks see as HOST. A name that works from this machine, as nothing else is meant to reach them.</summary>
    public const string Host = "localhost";

    /// <summary>What runs, but not as the app seems to ask for.</summary>
    public string? Warning { get; private init; }

    /// <exception cref="UsageException">The app, an option or an artifact is wrong; nothing of the run is left.</exception>
    public static RunPlan Prepare(RunOptions options, TimeProvider time)
    {
        var app = Override(AppReader.ReadFile(options.App, time), options);
        if (app.Instances == 0)
            throw new UsageException($"{options.App}: instances: 0 runs nothing; accepted: a whole number from 1, or --instances N");
        var executor = ExecutorProgram.Find(options.Executor);
        var directory = CreateDirectory(options.Sandbox);
        try
        {
            var builder = new TaskBuilder(app, ExecutorProgram.Startable(executor, directory), Host);
            var ports = new PortAllocator();
            var fetcher = new Fetcher(Path.GetDirectoryName(Path.GetFullPath(options.App))!);
            return new RunPlan(directory, options.Sandbox is null,
                [.. Enumerable.Range(1, app.Instances).Select(number => CreateInstance(number, app, builder, ports, fetcher, directory))])
            {
                Warning = OuterShell.Find(app.Cmd) is { } found
                    ? $"{options.App}: cmd: the shell that starts the executor applies {found} to the executor; put the whole of cmd into sh -c '...', or into a script"
                    : null,
            };
        }
        catch (Exception wrong)
        {
            if (options.Sandbox is null) System.IO.Directory.Delete(directory, recursive: true);
            // The app's own name is already in the messages of its reader, not in those of what is found later.
            if (wrong is UsageException) throw new UsageException($"{options.App}: {wrong.Message}");
            if (wrong is IOException or UnauthorizedAccessException)
                throw new UsageException($"the sandboxes cannot be made in {directory}: {wrong.Message}");
            throw;
        }
    }

    private static Instance CreateInstance(
        int number, AppDefinition app, TaskBuilder builder, PortAllocator ports, Fetcher fetcher, string directory)
    {
        var taskId = TaskBuilder.TaskId(app, Guid.NewGuid());
        var hostPorts = ports.Allocate(app);
        var sandbox = System.IO.Directory.CreateDirectory(Path.Combine(directory, taskId)).FullName;
        fetcher.Fetch(app.Fetch, sandbox);
        var name = string.Create(CultureInfo.InvariantCulture, $"{app.ShortName}.{number}");
        return new Instance(name, builder.Build(taskId, hostPorts), hostPorts, sandbox);
    }

    private static AppDefinition Override(AppDefinition app, RunOptions options)
    {
        IEnumerable<KeyValuePair<string, string>> driver =
            options.Driver is { } name ? [new("EXECUTOR_DRIVER", name)] : [];
        return app with
        {
            Instances = options.Instances ?? app.Instances,
            Env = Pairs.Over(app.Env, [.. options.Env, .. driver]),
            Labels = Pairs.Over(app.Labels, options.Labels),
        };
    }

    /// <summary>Others may pass through, as a task of another user has its sandbox below.</summary>
    private static string CreateTemporary()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("executorctl-");
        directory.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return directory.FullName;
    }

    private static string CreateDirectory(string? given)
    {
        try
        {
            return given is null
                ? CreateTemporary()
                : System.IO.Directory.CreateDirectory(given).FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(given is null
                ? $"TMPDIR: nothing can be created in {Path.GetTempPath()}; accepted: a directory that can be written"
                : $"--sandbox: {given} cannot be created; accepted: a directory that can be written");
        }
    }
}
