using System.Net;
using System.Net.Sockets;
using Executor.Core.Hooks;

namespace Executor.Core.Discovery;

/// <summary>For those who take no name for an address.</summary>
internal static class InstanceAddress
{
    /// <param name="host">A name, or an IP address of any family, which is taken as it is.</param>
    /// <param name="family">What a name's addresses have to be; unspecified is any, IPv4 first.</param>
    /// <exception cref="HookException">There is none.</exception>
    /// <exception cref="UnavailableException">No name server answered; another try may succeed.</exception>
    public static async Task<IPAddress> ResolveAsync(string host, AddressFamily family, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await Connecting.AddressesAsync(host, family, cancellationToken);
            // A host's name may be that of its loopback too, where every host has the same.
            return addresses.OrderBy(IPAddress.IsLoopback).ThenBy(found => found.AddressFamily != AddressFamily.InterNetwork).First();
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            throw Failure(host, family, e);
        }
    }

    internal static Exception Failure(string host, AddressFamily family, Exception e)
    {
        if (e is SocketException { SocketErrorCode: SocketError.TryAgain })
            return new UnavailableException($"the task's address {host} cannot be resolved now: {e.Message}", inner: e);
        var what = family == AddressFamily.InterNetwork ? "IPv4" : "IP";
        return new HookException($"the task's address {host} has no {what} address: {e.Message}", e);
    }
}
