namespace Executor.Core.Metrics;

/// <summary>Takes metrics somewhere. One call at a time, on a pool thread that it may block.</summary>
internal interface IMetricsSink : IDisposable
{
    /// <summary>For the log and for counting; one word.</summary>
    string Name { get; }

    /// <summary>The server or folder, for the log.</summary>
    string Place { get; }

    /// <param name="isLast">Nothing comes after these.</param>
    /// <exception cref="IOException">It did not succeed; <see cref="System.Net.Sockets.SocketException"/> is another way to say so.</exception>
    Task SendAsync(IReadOnlyList<Metric> metrics, bool isLast, CancellationToken cancellationToken);
}
