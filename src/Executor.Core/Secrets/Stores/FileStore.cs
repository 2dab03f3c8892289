using System.Globalization;
using Executor.Core.Hooks;

namespace Executor.Core.Secrets.Stores;

/// <summary>A document that the agent has fetched into the sandbox, or that is on the host.</summary>
internal sealed class FileStore(string path) : IConfigurationStore
{
    public string Description => path;

    /// <summary>What is no plain file may keep a reader waiting; that waits on a thread of its own, and only as long as the limit.</summary>
    public Task<StoredDocument> FetchAsync(CancellationToken cancellationToken) =>
        Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private StoredDocument Read()
    {
        try
        {
            using var file = File.OpenRead(path);
            var content = new byte[StoreClient.LongestAnswer + 1];
            var length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return length <= StoreClient.LongestAnswer
                ? new StoredDocument(content[..length], null)
                : throw new HookException(string.Create(CultureInfo.InvariantCulture, $"{path} has more than {StoreClient.LongestAnswer} bytes"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HookException($"{path} cannot be read: {e.Message}", e);
        }
    }
}
