using System.Net.Sockets;
using Mesos;

namespace Executor.Core.Health;

/// <summary>Connects and closes.</summary>
internal sealed class TcpProbe(ProbeTarget target) : IProbe
{
    public string Description { get; } = FormattableString.Invariant($"tcp://{target.HostInAddress}:{target.Port}");

    public async Task<ProbeResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var socket = await target.ConnectAsync(cancellationToken);
            return Result(null);
        }
        catch (SocketException e)
        {
            return Result(e.Message);
        }
    }

    public void Dispose()
    {
    }

    private static ProbeResult Result(string? error) => new(error, new CheckStatusInfo
    {
        Type = CheckInfo.Types.Type.Tcp,
        Tcp = new CheckStatusInfo.Types.Tcp { Succeeded = error is null },
    });
}
