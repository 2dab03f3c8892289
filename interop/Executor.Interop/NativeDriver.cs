using System.Runtime.InteropServices;
using Executor.Core.Ports;

namespace Executor.Interop;

/// <summary>
/// Owns libmesos's driver and the handle through which its callbacks find their <see cref="LibmesosDriver"/>. Safe from
/// any thread; the two are freed together, native first, and only when no callback can come any more.
/// </summary>
internal sealed unsafe class NativeDriver
{
    private const int ErrorSize = 2048;

    private readonly Lock _gate = new();
    private readonly GCHandle _owner;
    private EbDriver* _driver;

    /// <summary>Constructs libmesos's driver, which may call back at once with an error.</summary>
    /// <exception cref="DriverException">The bridge refused it.</exception>
    public NativeDriver(LibmesosLibrary library, LibmesosDriver owner)
    {
        _owner = GCHandle.Alloc(owner);
        EbDriver* driver;
        var error = stackalloc byte[ErrorSize];
        error[0] = 0;
        var callbacks = LibmesosCallbacks.Table;
        var context = (void*)GCHandle.ToIntPtr(_owner);
        var result = ExecutorBridge.DriverCreate(library.Handle, &callbacks, context, &driver, error, ErrorSize);
        // The owner stays reachable then: what libmesos kept of it is unknown.
        if (result != EbResult.Ok) throw new DriverException(Marshal.PtrToStringUTF8((nint)error) ?? $"{result}");
        _driver = driver;
    }

    public (EbResult Result, EbStatus Status) Start()
    {
        EbStatus status;
        return (ExecutorBridge.DriverStart(_driver, &status), status);
    }

    public (EbResult Result, EbStatus Status) SendStatus(ReadOnlySpan<byte> taskStatus) =>
        Send(taskStatus, &ExecutorBridge.DriverSendStatus);

    public (EbResult Result, EbStatus Status) SendFrameworkMessage(ReadOnlySpan<byte> data) =>
        Send(data, &ExecutorBridge.DriverSendFrameworkMessage);

    /// <summary>Stops or aborts; callbacks may still be under way. Allowed within one.</summary>
    public void End(bool abort)
    {
        lock (_gate)
        {
            if (_driver is null) return;
            EbStatus status;
            _ = abort ? ExecutorBridge.DriverAbort(_driver, &status) : ExecutorBridge.DriverStop(_driver, &status);
        }
    }

    /// <summary>Waits for the last callback of an ended driver and frees everything. Not within a callback.</summary>
    public void Destroy()
    {
        EbDriver* driver;
        lock (_gate)
        {
            driver = _driver;
            _driver = null;
        }

        if (driver is null) return;
        // Outside the lock: a callback that is waited for may want it.
        EbStatus status;
        ExecutorBridge.DriverJoin(driver, &status);
        if (ExecutorBridge.DriverDestroy(driver) == EbResult.Ok) _owner.Free();
    }

    private (EbResult Result, EbStatus Status) Send(
        ReadOnlySpan<byte> bytes, delegate*<EbDriver*, EbBytes, EbStatus*, EbResult> send)
    {
        lock (_gate)
        {
            if (_driver is null) return (EbResult.Ok, EbStatus.Stopped);
            fixed (byte* data = bytes)
            {
                EbStatus status;
                var result = send(_driver, new EbBytes { Data = data, Size = (nuint)bytes.Length }, &status);
                return (result, status);
            }
        }
    }
}
