namespace Executor.Bench.Rolling;

/// <summary>Who runs the instances of the service and switches HAProxy.</summary>
internal interface IFleet : IAsyncDisposable
{
    /// <summary>Starts an instance; done when whoever replaces instances would go on to end the old one.</summary>
    /// <returns>Its port.</returns>
    Task<int> StartAsync(CancellationToken cancellationToken);

    /// <summary>Ends an instance; done when its end is known.</summary>
    Task StopAsync(int port, CancellationToken cancellationToken);
}
