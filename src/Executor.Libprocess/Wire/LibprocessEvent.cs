using System.Net;
using Executor.Core.Ports;

namespace Executor.Libprocess.Wire;

/// <summary>What a <see cref="LibprocessNode"/> tells its owner.</summary>
public abstract record LibprocessEvent
{
    private LibprocessEvent()
    {
    }

    /// <param name="Remote">The address the message's connection came from.</param>
    public sealed record Received(LibprocessMessage Message, IPAddress Remote) : LibprocessEvent;

    /// <summary>The connection to a linked peer closed or could not be opened: libprocess's <c>exited</c>.</summary>
    public sealed record LinkBroken(Upid Peer) : LibprocessEvent;

    /// <summary>Something arrived that is not a message: the kind to log once and count, and what was wrong.</summary>
    public sealed record Refused(string Kind, string Detail) : LibprocessEvent;
}
