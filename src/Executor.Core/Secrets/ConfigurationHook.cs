using Executor.Core.Configuration;
using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Secrets;

/// <summary>
/// Gives a task its configuration as plain variables of its environment; the application knows nothing of stores and
/// keys. What was fetched is logged by name, and hidden by value wherever it might turn up.
/// </summary>
public sealed class ConfigurationHook : TaskHook
{
    private readonly HookedTask _task;
    private readonly ConfigurationReader _reader;
    private readonly Logger _log;

    private ConfigurationHook(HookedTask task, ConfigurationReader reader, Logger log) => (_task, _reader, _log) = (task, reader, log);

    /// <inheritdoc/>
    public override string Name => "config";

    /// <inheritdoc/>
    public override string? Trouble => _reader.Trouble;

    /// <param name="mask">Learns every value that is not to be shown.</param>
    public static HookFactory Factory(OwnIdentity identity, Settings settings, SecretMask mask, TimeProvider time) => task =>
    {
        var log = TaskLogger.Get("config", task.Id);
        var reader = new ConfigurationReader(task.Labels, settings, identity, time, log, mask.Add);
        if (!reader.HasStore && !ConfigurationReader.HasSealed(task.Process.Environment)) return null;
        _ = identity.Authorities; // a file that cannot be used is an error of the task
        return new ConfigurationHook(task, reader, log);
    };

    /// <inheritdoc/>
    public override async Task<IReadOnlyDictionary<string, string>> BeforeStartAsync(CancellationToken cancellationToken)
    {
        var request = new ConfigurationRequest(_task.Id, _task.Process.Environment, _task.AppVariables, _task.Process.WorkingDirectory);
        var found = await _reader.ReadAsync(request, cancellationToken);
        ConfiguredVariable[] ours = [.. found.Variables.Where(variable => variable.Origin == VariableOrigin.Store || variable.WasSealed)];
        if (found.Trouble is { } trouble) _log.Error("the task starts without its configuration: {0}", trouble);
        else if (found.Store is { } store)
            _log.Info("{0}{1}: {2}", store, found.Revision is { } revision ? $", {revision}" : "", Names(ours.Where(v => v.Origin == VariableOrigin.Store)));
        if (ours.Any(variable => variable.WasSealed)) _log.Info("decrypted: {0}", Names(ours.Where(variable => variable.WasSealed)));
        return ours.ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _reader.CloseAsync();
        await base.DisposeAsync();
    }

    private static string Names(IEnumerable<ConfiguredVariable> variables) =>
        string.Join(", ", variables.Select(variable => variable.Name).Order(StringComparer.Ordinal)) is { Length: > 0 } names ? names : "no variables";
}
