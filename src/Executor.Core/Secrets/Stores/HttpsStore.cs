using Executor.Core.Hooks;

namespace Executor.Core.Secrets.Stores;

/// <summary>A server of documents.</summary>
internal sealed class HttpsStore(Uri address, StoreClient client) : IConfigurationStore
{
    private readonly StoreRequest _request = new(HttpMethod.Get, address)
    {
        Headers = new Dictionary<string, string>
        {
            ["Accept"] = "application/json, application/cms, application/jose",
            ["User-Agent"] = "executor",
        },
    };

    public string Description => address.Shown();

    public async Task<StoredDocument> FetchAsync(CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(_request, cancellationToken);
        return new StoredDocument(answer.Body, answer.ETag);
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
