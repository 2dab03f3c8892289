using System.Globalization;
using System.Net.Http.Headers;

namespace Executor.Core.Hooks;

/// <summary>An HTTP server: the document is POSTed, a 2xx is good, and its body the answer. Redirects are not followed.</summary>
internal sealed class HttpTarget(Uri address) : IHookTarget, IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
    {
        Timeout = Timeout.InfiniteTimeSpan, // the stage's limit holds
        MaxResponseContentBufferSize = HookAnswer.Longest,
    };

    public async Task<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(document);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using var response = await _client.PostAsync(address, content, cancellationToken);
            var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.IsSuccessStatusCode
                ? answer
                : throw new HookException(string.Create(CultureInfo.InvariantCulture, $"{address.Shown()} answered {(int)response.StatusCode}"));
        }
        catch (HttpRequestException e)
        {
            throw new HookException(
                e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded
                    ? $"{address.Shown()}: its answer is longer than {HookAnswer.Longest} bytes"
                    : $"{address.Shown()}: {HttpErrors.Text(e)}",
                e);
        }
    }

    public void Dispose() => _client.Dispose();
}
