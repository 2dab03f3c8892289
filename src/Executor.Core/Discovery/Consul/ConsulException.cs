namespace Executor.Core.Discovery.Consul;

/// <summary>A request that Consul did not carry out.</summary>
/// <param name="isFinal">Whether the same request would be refused again.</param>
internal sealed class ConsulException(string message, bool isFinal, Exception? inner = null) : Exception(message, inner)
{
    public bool IsFinal => isFinal;
}
