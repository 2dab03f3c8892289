using System.Net;
using System.Net.NetworkInformation;
using Executor.Core.Ports;
using Executor.Libprocess.Wire;

namespace Executor.Libprocess;

/// <summary>
/// Whom the executor obeys: only its agent. The wire has no authentication, so a message has to carry the agent's PID
/// and to come from where the agent can be: this host, or the address in the PID.
/// </summary>
internal sealed class PeerRule(Upid agent, bool allowAnyAddress)
{
    private readonly Lazy<HashSet<IPAddress>> _ownAddresses = new(() =>
        [.. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)],
        LazyThreadSafetyMode.PublicationOnly);

    /// <returns>Why the message is refused: a kind and a sentence; null when it is obeyed.</returns>
    public (string Kind, string Detail)? Refuse(LibprocessMessage message, IPAddress remote)
    {
        if (message.From != agent) return ("sender", $"a message from {message.From}, the agent is {agent}");
        return CanBeAt(remote)
            ? null
            : ("address", $"a message over a connection from {Plain(remote)}, neither this host nor the agent's {agent.Address.Address}");
    }

    /// <summary>Whether the agent's connections can come from there.</summary>
    public bool CanBeAt(IPAddress remote)
    {
        var address = Plain(remote);
        return allowAnyAddress || IPAddress.IsLoopback(address) || address.Equals(agent.Address.Address) || _ownAddresses.Value.Contains(address);
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
