using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Secrets;
using Executor.Core.Tests.Hooks;
using Executor.Tests.Fakes.Https;
using Microsoft.Extensions.Time.Testing;
using NLog;

namespace Executor.Core.Tests.Secrets;

/// <summary>A task with a certificate of an authority, and its configuration read as the executor does.</summary>
internal sealed class ConfigurationRig : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("executor-config-").FullName;

    private volatile ConfigurationReader? _reader;

    public ConfigurationRig()
    {
        Own = Authority.Issue("payments-eu-checkout");
        Environment["CERTIFICATE"] = Own.Pem;
        Environment["CERTIFICATE_KEY"] = Own.KeyPem;
        Environment["MARATHON_APP_ID"] = "/payments/eu/checkout";
        Environment["MARATHON_APP_VERSION"] = "2026-01-01T00:00:00.000Z";
        Environment["EXECUTOR_CA_BUNDLE"] = Put("ca.pem", Authority.Pem);
    }

    public TestAuthority Authority { get; } = new();

    public TestCertificate Own { get; }

    /// <summary>The executor's: settings, certificate and what the task is to get.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public Dictionary<string, string> Labels { get; } = [];

    public HashSet<string> AppVariables { get; } = [];

    /// <summary>What is to be hidden.</summary>
    public List<string> Learned { get; } = [];

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public string Folder => _folder;

    /// <summary>What the reading under way has run into.</summary>
    public string? Trouble => _reader?.Trouble;

    public string Put(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Reads, and gives back what that took.</summary>
    public async Task<TaskConfiguration> ReadAsync(CancellationToken cancel)
    {
        Assert.That(AllSettings.TryRead(Environment, out var settings, out var error), Is.True, error);
        var reader = _reader = new ConfigurationReader(
            new TaskLabels(Hooked.Task(Labels).Info), settings!, new OwnIdentity(Environment, settings!, Time, Learned.Add), Time, LogManager.CreateNullLogger(), Learned.Add);
        try
        {
            return await reader.ReadAsync(new ConfigurationRequest("checkout.1", Environment, AppVariables, _folder), cancel);
        }
        finally
        {
            await reader.CloseAsync();
        }
    }

    /// <summary>What came from the store.</summary>
    public async Task<Dictionary<string, string>> StoredAsync(CancellationToken cancel) => (await ReadAsync(cancel)).Variables
        .Where(variable => variable.Origin == VariableOrigin.Store).ToDictionary(variable => variable.Name, variable => variable.Value);

    /// <summary>The error that a reading ends in.</summary>
    public async Task<string> ErrorAsync(CancellationToken cancel) => (await Assert.ThrowsAsync<HookException>(() => ReadAsync(cancel)))!.Message;

    /// <summary>Lets a clock go on whenever somebody waits for it.</summary>
    public static async Task<T> PlayAsync<T>(FakeTimeProvider time, Task<T> work)
    {
        while (!work.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        return await work;
    }

    public void Dispose()
    {
        Own.Dispose();
        Authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
