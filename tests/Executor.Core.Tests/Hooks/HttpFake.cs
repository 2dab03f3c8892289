using System.Net;
using System.Threading.Channels;

namespace Executor.Core.Tests.Hooks;

/// <summary>An HTTP server on loopback that answers as the test says and keeps what it was asked.</summary>
internal sealed class HttpFake : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Channel<(string Request, string Body)> _requests = Channel.CreateUnbounded<(string, string)>();
    private readonly Func<HttpListenerRequest, Task<(int Status, string Body)>> _answer;
    private readonly Task _serving;

    public HttpFake(Func<HttpListenerRequest, (int Status, string Body)> answer)
        : this(request => Task.FromResult(answer(request)))
    {
    }

    public HttpFake(Func<HttpListenerRequest, Task<(int Status, string Body)>> answer)
    {
        _answer = answer;
        (Port, _serving) = Start();
    }

    public int Port { get; }

    /// <summary>Where an answer to a path sends on to.</summary>
    public Dictionary<string, string> Redirects { get; } = [];

    /// <summary>The next request's method and path, and its body.</summary>
    public async Task<(string Request, string Body)> NextAsync(CancellationToken cancellationToken) =>
        await _requests.Reader.ReadAsync(cancellationToken);

    public int Count => _requests.Reader.Count;

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    /// <summary>The listener cannot choose a port by itself.</summary>
    private (int Port, Task Serving) Start()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                _listener.Start();
                return (port, ServeAsync());
            }
            catch (HttpListenerException)
            {
                // Taken: try another.
            }
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var body = await reader.ReadToEndAsync();
        _requests.Writer.TryWrite(($"{context.Request.HttpMethod} {context.Request.RawUrl}", body));
        var (status, answer) = await _answer(context.Request);
        context.Response.StatusCode = status;
        if (Redirects.TryGetValue(context.Request.RawUrl!, out var location)) context.Response.AddHeader("Location", location);
        await using var output = new StreamWriter(context.Response.OutputStream);
        await output.WriteAsync(answer);
    }
}
