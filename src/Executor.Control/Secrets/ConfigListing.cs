using System.Text;
using Executor.Control.CommandLine;
using Executor.Control.Marathon;
using Executor.Control.Run;
using Executor.Core;
using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Secrets;
using NLog;

namespace Executor.Control.Secrets;

/// <summary>What an app would get, read as the executor reads it.</summary>
/// <param name="own">This process's environment: it stands for the agent's.</param>
internal sealed class ConfigListing(ShowConfigOptions options, IReadOnlyDictionary<string, string> own, TimeProvider time)
{
    private readonly SecretMask _mask = new();

    /// <returns>A variable a line, and what was found out about the store.</returns>
    /// <exception cref="UsageException">The app or a setting is wrong.</exception>
    /// <exception cref="HookException">The configuration cannot be had.</exception>
    public async Task<string> WriteAsync()
    {
        var app = AppReader.ReadFile(options.App, time);
        app = app with { Env = Pairs.Over(app.Env, options.Env), Labels = Pairs.Over(app.Labels, options.Labels) };
        var taskId = TaskBuilder.TaskId(app, Guid.NewGuid());
        int[] ports = [.. app.Ports.Select(port => port.Port)];
        var task = new TaskBuilder(app, "executor", RunPlan.Host).Build(taskId, ports);
        var given = TaskEnvironment.Build(app, taskId, RunPlan.Host, ports).ToDictionary(StringComparer.Ordinal);
        var environment = new Dictionary<string, string>(own, StringComparer.Ordinal);
        foreach (var (name, value) in given) environment[name] = value;
        UseFiles(environment);
        if (!AllSettings.TryRead(environment, out var settings, out var error)) throw new UsageException(error);

        var reader = new ConfigurationReader(
            new TaskLabels(task), settings, new OwnIdentity(environment, settings, time, _mask.Add), time, LogManager.CreateNullLogger(), _mask.Add);
        try
        {
            var request = new ConfigurationRequest(taskId, given, given.Keys.ToHashSet(StringComparer.Ordinal), Directory.GetCurrentDirectory());
            return Text(await reader.ReadAsync(request, CancellationToken.None));
        }
        catch (HookException e)
        {
            throw new HookException(_mask.Apply(e.Message)); // a server may repeat what it was sent
        }
        finally
        {
            await reader.CloseAsync();
        }
    }

    private void UseFiles(Dictionary<string, string> environment)
    {
        if (options.Certificate is null && options.Key is null) return;
        foreach (var name in OwnIdentity.Variables) environment.Remove(name);
        environment["CERTIFICATE_FILE"] = options.Certificate ?? options.Key!;
        if (options.Key is { } key) environment["CERTIFICATE_KEY_FILE"] = key;
    }

    private string Text(TaskConfiguration configuration)
    {
        var text = new StringBuilder();
        text.Append(configuration.Store is { } store ? $"# {store}" : "# no store").AppendLine(configuration.Revision is { } revision ? $", {revision}" : "");
        if (configuration.Trouble is { } trouble) text.AppendLine($"# the task would start without: {trouble}");
        foreach (var variable in configuration.Variables.OrderBy(variable => variable.Name, StringComparer.Ordinal))
        {
            var origin = $"{variable.Origin.ToString().ToLowerInvariant()}{(variable.WasSealed ? ", decrypted" : "")}";
            text.AppendLine(options.Reveal ? $"{variable.Name}={variable.Value}  # {origin}" : $"{variable.Name}  # {origin}");
        }

        return text.ToString();
    }
}
