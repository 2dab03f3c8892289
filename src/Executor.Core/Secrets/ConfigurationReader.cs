using System.Collections.ObjectModel;
using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Secrets.Documents;
using Executor.Core.Secrets.Stores;
using NLog;

namespace Executor.Core.Secrets;

/// <summary>
/// Makes a task's environment of what agent, store and app give, lowest first, and decrypts what is encrypted in it.
/// Reads once.
/// </summary>
public sealed class ConfigurationReader
{
    private readonly Settings _settings;
    private readonly OwnIdentity _identity;
    private readonly TimeProvider _time;
    private readonly Logger _log;
    private readonly Action<string> _learn;
    private readonly StoreAddress? _address;
    private readonly bool _storeWins;
    private readonly DocumentSigners? _signers;
    private IConfigurationStore? _store;
    private Task<Identity>? _reads;
    private DocumentKey? _key;
    private volatile StoreReading? _reading;
    private Task _closing = Task.CompletedTask;

    /// <param name="labels">Of the task.</param>
    /// <param name="learn">Told each secret as soon as it is known, so that no text shows it.</param>
    /// <exception cref="InvalidTaskException">What they or the settings ask for makes no sense.</exception>
    public ConfigurationReader(TaskLabels labels, Settings settings, OwnIdentity identity, TimeProvider time, Logger log, Action<string> learn)
    {
        (_settings, _identity, _time, _log, _learn) = (settings, identity, time, log, learn);
        _storeWins = labels.Get(SecretLabels.ConfigOverride);
        _address = Address(labels.Get(SecretLabels.Config), settings.Get(SecretSettings.Store));
        if (_address is null || settings.Get(SecretSettings.Signers) is not { } signers) return;
        if (_address.Kind == StoreKind.Vault)
            throw new InvalidTaskException($"{SecretSettings.Signers.Name} is set, and {SecretSettings.Store.Name} is a Vault: its secrets are no documents that could be signed");
        _signers = new DocumentSigners(TlsTrust.Read(SecretSettings.Signers, signers));
    }

    /// <summary>Whether there is a store to be asked.</summary>
    public bool HasStore => _address is not null;

    /// <summary>What the reading of the store has run into; any thread.</summary>
    public string? Trouble => _reading?.Trouble;

    /// <summary>Whether a variable holds something that has to be decrypted.</summary>
    public static bool HasSealed(IReadOnlyDictionary<string, string> environment) => environment.Values.Any(SealedValues.IsIn);

    /// <exception cref="HookException">The configuration cannot be had, or something in it cannot be decrypted; no secret is in the text.</exception>
    public async Task<TaskConfiguration> ReadAsync(ConfigurationRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var (configuration, stored) = await FetchAsync(request, cancellationToken);
            var variables = new List<ConfiguredVariable>();
            foreach (var variable in Merge(request, stored))
                variables.Add(SealedValues.IsIn(variable.Value) ? await UnsealAsync(variable, cancellationToken) : variable);
            return configuration with { Variables = variables };
        }
        finally
        {
            _key?.Dispose();
            _closing = GiveBackAsync();
        }
    }

    /// <summary>What the reading took is given back; returns when that is done, in a bounded time.</summary>
    public Task CloseAsync() => _closing;

    private static StoreAddress? Address(string? label, StoreAddress? store) => label switch
    {
        "false" => null,
        null => store,
        _ when store is null => throw new InvalidTaskException($"label {SecretLabels.Config.Name} is \"{label}\", but {SecretSettings.Store.Name} is not set"),
        "true" => store,
        _ => store.WithPath(label),
    };

    /// <returns>What was found out about the store, and what it gave; nothing where there is none, or it is optional and fails.</returns>
    private async Task<(TaskConfiguration Configuration, IReadOnlyDictionary<string, string> Stored)> FetchAsync(
        ConfigurationRequest request, CancellationToken cancellationToken)
    {
        var configuration = new TaskConfiguration();
        try
        {
            if (_address is null) return (configuration, ReadOnlyDictionary<string, string>.Empty);
            _store = await OpenAsync(_address, request, cancellationToken);
            _reading = new StoreReading(_store, _time, _log);
            configuration = configuration with { Store = _store.Description };
            var document = await _reading.RunAsync(cancellationToken);
            configuration = configuration with { Revision = document.Revision };
            var stored = await ParseAsync(document, cancellationToken);
            foreach (var value in stored.Values) _learn(value);
            return (configuration, stored);
        }
        catch (HookException e) when (_settings.Get(SecretSettings.Optional))
        {
            return (configuration with { Trouble = e.Message }, ReadOnlyDictionary<string, string>.Empty);
        }
    }

    private async Task<IConfigurationStore> OpenAsync(StoreAddress address, ConfigurationRequest request, CancellationToken cancellationToken)
    {
        var place = address.Of(StorePlaces.Of(request.TaskId, request.Environment));
        if (address.Kind == StoreKind.File) return new FileStore(Path.Combine(request.Sandbox, place));
        var client = new StoreClient(await IdentityAsync(cancellationToken), _identity.Authorities);
        return address.Kind == StoreKind.Https
            ? new HttpsStore(new Uri(place), client)
            : new VaultStore(
                new Uri(place), _settings.Get(SecretSettings.VaultRole), _settings.Get(SecretSettings.VaultNamespace), client, _time, _log, _learn);
    }

    /// <summary>Read when the first needs it.</summary>
    private Task<Identity> IdentityAsync(CancellationToken cancellationToken) => _reads ??= _identity.ReadAsync(cancellationToken);

    private async Task<DocumentKey> KeyAsync(CancellationToken cancellationToken) =>
        _key ??= DocumentKey.Of((await IdentityAsync(cancellationToken)).Certificate);

    private async Task<IReadOnlyDictionary<string, string>> ParseAsync(StoredDocument document, CancellationToken cancellationToken)
    {
        using var content = new Cleared(document.Content);
        try
        {
            var key = _identity.IsGiven && !DocumentOpener.IsPlain(document.Content) ? await KeyAsync(cancellationToken) : null;
            using var plaintext = new Cleared(new DocumentOpener(key, _signers, _time).Open(document.Content));
            return ConfigurationDocument.Parse(plaintext.Bytes);
        }
        catch (DocumentException e)
        {
            throw new HookException($"the configuration cannot be opened: {e.Message}", e);
        }
    }

    private IEnumerable<ConfiguredVariable> Merge(ConfigurationRequest request, IReadOnlyDictionary<string, string> stored)
    {
        foreach (var name in request.Environment.Keys.Union(stored.Keys))
        {
            var given = request.Environment.GetValueOrDefault(name);
            var isApps = given is not null && request.AppVariables.Contains(name);
            yield return stored.TryGetValue(name, out var value) && (_storeWins || !isApps)
                ? new ConfiguredVariable(name, value, VariableOrigin.Store, WasSealed: false)
                : new ConfiguredVariable(name, given!, isApps ? VariableOrigin.App : VariableOrigin.Agent, WasSealed: false);
        }
    }

    private async Task<ConfiguredVariable> UnsealAsync(ConfiguredVariable variable, CancellationToken cancellationToken)
    {
        try
        {
            var opened = new SealedValues(await KeyAsync(cancellationToken), _time).Open(variable.Value, _learn);
            _learn(opened);
            return variable with { Value = opened, WasSealed = true };
        }
        catch (DocumentException e)
        {
            throw new HookException($"{variable.Name} cannot be decrypted: {e.Message}", e);
        }
    }

    private async Task GiveBackAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_reads is { IsCompletedSuccessfully: true } read) (await read).Dispose();
    }
}
