using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Executor.Bench.Rolling;

/// <summary>
/// Requests at their scheduled instants, whether or not earlier ones are answered; the latency counts from the instant
/// of the schedule, so that a stall is seen by all that fall into it.
/// </summary>
internal sealed class OpenLoad(IPEndPoint server, int perSecond, TimeSpan length)
{
    private const int MostInFlight = 5000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    /// <summary>The one that has rested longest is next, so that none rests until HAProxy closes it.</summary>
    private readonly ConcurrentQueue<LoadConnection> _idle = new();
    private readonly LoadTally _tally = new();

    /// <summary>Each request asks for an answer after 50 to 500 ms.</summary>
    public async Task<LoadTally> RunAsync()
    {
        var random = new Random(1);
        var requests = new List<Task>();
        var start = TimeProvider.System.GetTimestamp();
        for (var number = 0; number < perSecond * length.TotalSeconds; number++)
        {
            var due = TimeSpan.FromSeconds((double)number / perSecond);
            while (TimeProvider.System.GetElapsedTime(start) < due) await Task.Delay(Tick, TimeProvider.System);
            if (requests.Count >= MostInFlight) requests.RemoveAll(request => request.IsCompleted);
            if (requests.Count >= MostInFlight) _tally.Failure("not sent, too many in flight");
            else requests.Add(RequestAsync($"/slow?ms={random.Next(50, 501)}", start, due));
        }

        await Task.WhenAll(requests);
        foreach (var connection in _idle) connection.Dispose();
        return _tally;
    }

    private async Task RequestAsync(string path, long start, TimeSpan due)
    {
        if (!_idle.TryDequeue(out var connection)) connection = new LoadConnection(server);
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            var (status, body) = await connection.GetAsync(path, patience.Token);
            if (status == 200) _tally.Served(TimeProvider.System.GetElapsedTime(start) - due);
            else _tally.Failure(Kind(status, body));
        }
        catch (SocketException e)
        {
            _tally.Failure(e.SocketErrorCode == SocketError.ConnectionRefused ? "refused by HAProxy" : "reset by HAProxy");
        }
        catch (EndOfStreamException)
        {
            _tally.Failure("closed by HAProxy without an answer");
        }
        catch (OperationCanceledException)
        {
            _tally.Failure("timed out");
        }

        if (connection.IsKept) _idle.Enqueue(connection);
        else connection.Dispose();
    }

    /// <summary>HAProxy answers for a service that does not.</summary>
    private static string Kind(int status, string body) => status switch
    {
        503 when body.Contains("cold: ", StringComparison.Ordinal) => "503 of a service not warm",
        503 => "503 of HAProxy: connection refused, or no server",
        502 => "502 of HAProxy: connection reset",
        504 => "504 of HAProxy: no answer",
        _ => $"status {status}",
    };
}
