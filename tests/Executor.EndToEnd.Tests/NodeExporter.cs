using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Executor.EndToEnd.Tests;

/// <summary>A real node_exporter that reads a folder of text files and nothing else.</summary>
internal sealed partial class NodeExporter : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("executor-textfile-");
    private readonly HttpClient _client = new();
    private readonly Process _process;
    private Uri? _metrics;

    public NodeExporter()
    {
        _process = Process.Start(new ProcessStartInfo("prometheus-node-exporter",
        [
            "--web.listen-address=127.0.0.1:0", "--collector.disable-defaults", "--collector.textfile",
            $"--collector.textfile.directory={_folder.FullName}", "--web.disable-exporter-metrics",
        ])
        { RedirectStandardError = true })!;
    }

    public string Folder => _folder.FullName;

    /// <summary>What it tells once something stands there.</summary>
    public async Task<string> ScrapeAsync(string expected, CancellationToken cancel)
    {
        _metrics ??= await AddressAsync(cancel);
        while (true)
        {
            var text = await _client.GetStringAsync(_metrics, cancel);
            if (text.Contains(expected, StringComparison.Ordinal)) return text;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<Uri> AddressAsync(CancellationToken cancel)
    {
        while (await _process.StandardError.ReadLineAsync(cancel) is { } line)
        {
            if (Listening().Match(line) is not { Success: true } match) continue;
            _ = _process.StandardError.ReadToEndAsync(CancellationToken.None); // a full pipe would stop it
            return new Uri($"http://{match.Groups[1].Value}/metrics");
        }

        throw new InvalidOperationException("node_exporter has ended");
    }

    [GeneratedRegex(@"address=(127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();
}
