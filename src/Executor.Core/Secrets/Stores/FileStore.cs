namespace Executor.Core.Secrets.Stores;

/// <summary>A document that the agent has fetched into the sandbox, or that is on the host.</summary>
internal sealed class FileStore(string path) : IConfigurationStore
{
    public string Description => path;

    public Task<StoredDocument> FetchAsync(CancellationToken cancellationToken) => BoundedFile.OnThreadAsync(
        () => new StoredDocument(BoundedFile.Read(path, StoreClient.LongestAnswer, path), null), cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
