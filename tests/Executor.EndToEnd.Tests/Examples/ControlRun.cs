using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Executor.Core.Ports;

namespace Executor.EndToEnd.Tests.Examples;

/// <summary>One <c>executorctl run … --json</c> and the events it writes. What still runs is killed at the end.</summary>
internal sealed class ControlRun : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<JsonElement> _events = Channel.CreateUnbounded<JsonElement>();
    private readonly Task<string> _error;
    private readonly List<JsonElement> _seen = [];

    private ControlRun(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
        _ = Task.Run(ReadAsync);
    }

    /// <summary>Everything taken so far, in its order.</summary>
    public IReadOnlyList<JsonElement> Seen => _seen;

    /// <summary>The states of the one task of the run so far.</summary>
    public IEnumerable<string?> States => _seen.Where(Is("status")).Select(happened => Text(happened, "state"));

    public static ControlRun Start(DriverKind driver, string app, params string[] options)
    {
        var settings = driver.Settings().SelectMany(setting => new[] { "--env", $"{setting.Key}={setting.Value}" });
        var start = new ProcessStartInfo(Built.Program("executorctl"), ["run", app, "--json", .. settings, .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new ControlRun(Process.Start(start)!);
    }

    /// <summary>The path of one of the repository's examples.</summary>
    public static string Example(string name) =>
        Path.Combine(Path.GetDirectoryName(Built.Program("executorctl"))!, "..", "examples", "marathon", name);

    public static Func<JsonElement, bool> Is(string name) => happened => Text(happened, "event") == name;

    public static Func<JsonElement, bool> IsStatus(string state) => happened => Text(happened, "state") == state;

    public static string? Text(JsonElement happened, string member) =>
        happened.TryGetProperty(member, out var value) ? value.GetString() : null;

    /// <summary>Takes events until one is as wanted.</summary>
    public async Task<JsonElement> WaitForAsync(Func<JsonElement, bool> wanted, CancellationToken cancellationToken)
    {
        await foreach (var happened in _events.Reader.ReadAllAsync(cancellationToken))
        {
            _seen.Add(happened);
            if (wanted(happened)) return happened;
        }

        throw new AssertionException(
            $"the run ended before it came:\n{string.Join('\n', _seen)}\n{await _error.WaitAsync(cancellationToken)}");
    }

    /// <summary>SIGTERM, which means what Ctrl-C does.</summary>
    public void Interrupt() => _ = Posix.Kill(_process.Id, Signals.Terminate);

    /// <returns>The exit code, once all events are taken.</returns>
    public async Task<int> EndAsync(CancellationToken cancellationToken)
    {
        await foreach (var happened in _events.Reader.ReadAllAsync(cancellationToken)) _seen.Add(happened);
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        // The task-supervisors end what executorctl leaves.
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                using var document = JsonDocument.Parse(line);
                await _events.Writer.WriteAsync(document.RootElement.Clone());
            }

            _events.Writer.Complete();
        }
        catch (JsonException notJson)
        {
            _events.Writer.Complete(notJson);
        }
    }
}
