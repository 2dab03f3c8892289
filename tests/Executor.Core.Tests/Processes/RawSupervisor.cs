using System.Net.Sockets;
using Executor.Core.Ports;
using Executor.Core.Processes;

namespace Executor.Core.Tests.Processes;

/// <summary>A supervisor without the class that speaks to it, for what that class never does.</summary>
internal sealed class RawSupervisor : IDisposable
{
    private readonly int _pid;
    private bool _reaped;

    public RawSupervisor(string path, Output output, Output? error = null)
    {
        Assert.That(Libc.SocketPair(out var ours, out var theirs), Is.Zero);
        using (theirs)
            Assert.That(Libc.Spawn(path, [null, output.Handle, error?.Handle, theirs], out _pid), Is.Zero);
        Control = new Socket(new SafeSocketHandle(ours.DangerousGetHandle(), ownsHandle: true));
        ours.SetHandleAsInvalid();
    }

    public Socket Control { get; }

    public void SendRaw(ReadOnlySpan<byte> bytes) => Control.Send(bytes);

    public void Start(ProcessDescription description) => SendRaw(SupervisorFrames.EncodeStart(description)!);

    public async Task<SupervisorReport?> ReadAsync(CancellationToken cancellationToken)
    {
        // One byte at a time: what follows a report stays in the socket.
        var bytes = new List<byte>();
        var one = new byte[1];
        while (await Control.ReceiveAsync(one, SocketFlags.None, cancellationToken) == 1)
        {
            bytes.Add(one[0]);
            if (SupervisorFrames.Decode(bytes.ToArray(), out _) is { } report) return report;
        }

        return null;
    }

    /// <summary>Waits, on the pool, for the supervisor's own end.</summary>
    public async Task<ProcessExit> ExitAsync(CancellationToken cancellationToken)
    {
        var status = await Task.Run(() => Libc.Reap(_pid), cancellationToken).WaitAsync(cancellationToken);
        _reaped = true;
        return SupervisorFrames.DecodeStatus(status!.Value);
    }

    public void Dispose()
    {
        Control.Dispose();
        if (_reaped) return;
        _ = Libc.Kill(_pid, Signals.Kill);
        _ = Libc.Reap(_pid);
    }
}
