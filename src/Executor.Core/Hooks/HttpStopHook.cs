using System.Globalization;
using Executor.Core.Configuration;

namespace Executor.Core.Hooks;

/// <summary>
/// Asks the task over HTTP to stop before it gets SIGTERM, as Thermos does: a POST to the label
/// <c>graceful-shutdown-path</c>, a wait for the task's end, a POST to <c>shutdown-path</c>, another wait. Each is left
/// out where its label is missing; a request that fails is told and the next step follows.
/// </summary>
public sealed class HttpStopHook(IReadOnlyList<Uri> requests, TimeSpan wait, TimeProvider time) : TaskHook
{
    private static readonly Setting<string?>[] Paths = [HookLabels.GracefulShutdownPath, HookLabels.ShutdownPath];

    /// <summary>Of a request: one that nobody answers must not take the time of the next step.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    /// <inheritdoc/>
    public override string Name => "http-stop";

    /// <inheritdoc/>
    public override bool ActsBeforeStop => true;

    public static TaskHook? Create(HookedTask task)
    {
        var requests = Paths.Where(task.Labels.Has).Select(label => Address(label, task)).ToArray();
        return requests.Length == 0
            ? null
            : new HttpStopHook(requests, task.Labels.Get(HookLabels.GracefulShutdownWait), TimeProvider.System);
    }

    /// <inheritdoc/>
    public override async Task BeforeStopAsync(CancellationToken cancellationToken)
    {
        string? error = null;
        foreach (var request in requests)
        {
            error = await PostAsync(request, cancellationToken) ?? error;
            // The end of the task cuts this short.
            await Task.Delay(LongestWait.Clamp(wait), time, cancellationToken);
        }

        if (error is not null) throw new HookException(error);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await base.DisposeAsync();
    }

    private async Task<string?> PostAsync(Uri request, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var post = new HttpRequestMessage(HttpMethod.Post, request);
            using var response = await _client.SendAsync(post, HttpCompletionOption.ResponseHeadersRead, both.Token);
            return response.IsSuccessStatusCode
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"{request.Shown()} answered {(int)response.StatusCode}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{request.Shown()} did not answer within {MesosDuration.Format(Patience)}";
        }
        catch (HttpRequestException e)
        {
            return $"{request.Shown()}: {HttpErrors.Text(e)}";
        }
    }

    private static Uri Address(Setting<string?> label, HookedTask task) =>
        task.Labels.Get(label) is var text && TaskAddress.Parse(text!, task) is { } address ? address : throw TaskLabels.NotAccepted(label, text!);
}
