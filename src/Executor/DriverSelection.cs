using Executor.Core.Configuration;
using Executor.Core.Ports;
using Executor.Interop;
using Executor.Libprocess;
using NLog;

namespace Executor;

/// <summary>Which of the two drivers is taken, and why.</summary>
internal static class DriverSelection
{
    private static readonly Logger Log = LogManager.GetLogger("driver");

    /// <param name="agent">Also returned, with what the chosen driver makes of it.</param>
    /// <exception cref="DriverException">EXECUTOR_DRIVER is libmesos and there is none that can be used.</exception>
    public static (IExecutorDriver Driver, AgentEnvironment Agent) Choose(
        Settings settings, IReadOnlyDictionary<string, string> environment, AgentEnvironment agent)
    {
        if (settings.Get(ExecutorSettings.Driver) == DriverChoice.Managed || Usable(settings.Get(ExecutorSettings.Driver), environment) is not { } library)
        {
            var options = new ManagedDriverOptions { AllowAnyAddress = settings.Get(ExecutorSettings.AnyAgentAddress) };
            return (new ManagedDriver(agent, options, TimeProvider.System), agent);
        }

        if (library.FixedShutdownGrace is { } grace && grace < agent.ShutdownGrace)
            agent = agent with { ShutdownGrace = grace };
        // An agent and its libmesos are of one release.
        agent = agent with { Release = agent.Release.NotBefore(library.OldestRelease) };
        return (new LibmesosDriver(library, agent, TimeProvider.System), agent);
    }

    private static LibmesosLibrary? Usable(DriverChoice choice, IReadOnlyDictionary<string, string> environment)
    {
        var search = LibmesosSearch.Run(environment, opening: candidate =>
        {
            if (candidate.IsName) return;
            // At once, not in its turn: a library can end the process as it is opened.
            Log.Info("opening {0}", candidate);
            LogOutput.Flush();
        });
        if (search.Tried is [{ Origin: LibmesosSearch.Setting } named, ..] && (search.Tried.Count > 1 || search.Found is null))
            Log.Warn("{0} is \"{1}\": there is no such file", named.Origin, named.Path);
        if (search.Found is { Problem: LibmesosProblem.None } library)
        {
            Log.Info(
                "driver libmesos: {0}, {1}, with {2} strings, from {3}",
                library.Path, library.Versions, library.StringAbi, search.Tried[^1].Origin);
            return library;
        }

        var why = search.Found is { } unusable
            ? $"{unusable.Error} ({search.Tried[^1].Origin})"
            : $"no libmesos was found; tried: {string.Join(", ", search.Tried)}";
        if (choice == DriverChoice.Libmesos) throw new DriverException($"EXECUTOR_DRIVER is libmesos: {why}");
        if (search.Found is null) Log.Info("driver managed: {0}", why);
        else Log.Warn("driver managed: {0}", why);
        return null;
    }
}
