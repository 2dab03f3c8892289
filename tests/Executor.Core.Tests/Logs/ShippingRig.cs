using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using Executor.Core.Configuration;
using Executor.Core.Logs;
using Executor.Core.Logs.Shipping;
using Executor.Core.Ports;
using Executor.Core.Processes;
using Executor.Core.Tests.Processes;
using NLog;

namespace Executor.Core.Tests.Logs;

/// <summary>The way from a reader to a receiver, without a task.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ShippingRig : IAsyncDisposable
{
    /// <summary>How much is printed at once, in bytes.</summary>
    public const int Piece = 60_000;

    private static int _lastPort = 20_000 + (Environment.ProcessId % 100 * 100);

    private readonly Backlog _backlog;
    private ISupervisedProcess? _receiver;

    public ShippingRig(LogEndpoint endpoint, int port, int memoryPages = 16, long spool = 256 << 20, LogOverflow overflow = LogOverflow.Newest)
        : this(endpoint, [new HostAndPort("127.0.0.1", port)], TimeProvider.System, memoryPages, spool, overflow)
    {
    }

    public ShippingRig(
        LogEndpoint endpoint, IReadOnlyList<HostAndPort> receivers, TimeProvider time,
        int memoryPages = 16, long spool = 256 << 20, LogOverflow overflow = LogOverflow.Newest, string? spoolFolder = null, long mostUnshipped = 1 << 30, string? unshipped = null,
        Logger? log = null)
    {
        log ??= LogManager.GetLogger("test");
        Unshipped = unshipped ?? Folder.File("unshipped.json");
        SpoolFolder = spoolFolder ?? Folder.File("spool");
        _backlog = new Backlog(memoryPages, new Spool(SpoolFolder, spool, Counts), overflow, Counts, TimeProvider.System);
        Shipper = new Shipper(
            _backlog,
            [new ShippedStream(LogEvents.Plan, LogEvents.Encoder(LogFormat.Raw, counts: Counts), new RateLimit(0), Counts, log)],
            new LogSender(endpoint, () => receivers, Counts, log, time),
            new UnshippedFile(Unshipped, mostUnshipped, Counts, log),
            log);
    }

    public Folder Folder { get; } = new();

    public LogCounts Counts { get; } = new();

    public Shipper Shipper { get; }

    public string SpoolFolder { get; }

    public string Unshipped { get; }

    public string Received => Folder.File("received");

    public static LogEndpoint Endpoint(LogProtocol protocol, int window = 2048) => new()
    {
        Protocol = protocol,
        Timeout = TimeSpan.FromSeconds(1),
        Window = window,
        Compression = 1,
    };

    /// <summary>
    /// Nobody listens there until the test does: it is below the ports that the system gives out, to listeners and to
    /// connections, of which one may even meet itself.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
            var port = Interlocked.Increment(ref _lastPort);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has chosen the same.
            }
        }
    }

    /// <summary>The line of that number; no two are the same.</summary>
    public static string Line(int number) => string.Create(CultureInfo.InvariantCulture, $"line {number} \"of\" some text\té");

    /// <summary>Prints lines, in pieces that do not end where lines do.</summary>
    public void Print(int from, int to)
    {
        var text = new StringBuilder();
        for (var i = from; i < to; i++) text.Append(Line(i)).Append('\n');
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        for (var at = 0; at < bytes.Length; at += Piece) _backlog.Add(0, bytes.AsSpan(at, Math.Min(Piece, bytes.Length - at)));
    }

    public async Task StartAsync(CancellationToken limit, params string[] arguments) => _receiver = await new SupervisedProcessLauncher(Built("task-supervisor"), TimeProvider.System)
        .LaunchAsync(
            new ProcessDescription
            {
                Program = arguments[0],
                Arguments = arguments,
                Environment = new Dictionary<string, string> { ["PATH"] = "/usr/sbin:/usr/bin:/bin" },
                WorkingDirectory = Folder.Path,
                OrphanGrace = TimeSpan.Zero,
            },
            limit);

    public async Task KillAsync()
    {
        if (_receiver is null) return;
        _receiver.Signal(Signals.Kill);
        await _receiver.TreeEmpty;
        await _receiver.DisposeAsync();
        _receiver = null;
    }

    /// <summary>Waits until the receiver has written so many lines, and gives their messages.</summary>
    public async Task<string[]> MessagesAsync(int count, CancellationToken limit)
    {
        using var changed = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(Folder.Path, "received");
        watcher.Created += (_, _) => changed.Release();
        watcher.Changed += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;
        while (true)
        {
            var lines = File.Exists(Received) ? await File.ReadAllLinesAsync(Received, limit) : [];
            if (lines.Length >= count) return [.. lines.Select(Message)];
            await changed.WaitAsync(limit);
        }
    }

    public static string[] LinesOf(string file) => File.ReadAllLines(file);

    public static string Message(string json) => (string)JsonNode.Parse(json)!["message"]!;

    public static string Built(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Executor.sln"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "out", name);
    }

    public async ValueTask DisposeAsync()
    {
        Shipper.Dispose();
        await Shipper.Ended;
        await KillAsync();
        Folder.Dispose();
    }
}
