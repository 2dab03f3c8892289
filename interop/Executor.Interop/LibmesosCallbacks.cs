using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Executor.Core.Ports;

namespace Executor.Interop;

/// <summary>
/// Every function that native code calls. Each runs on a thread of libmesos, copies what it was given, posts it and
/// returns; whatever is thrown stays here and fails the driver.
/// </summary>
internal static unsafe class LibmesosCallbacks
{
    public static EbCallbacks Table => new()
    {
        Size = (uint)sizeof(EbCallbacks),
        Version = ExecutorBridge.Header.Version,
        Registered = &Registered,
        Reregistered = &Reregistered,
        Disconnected = &Disconnected,
        LaunchTask = &LaunchTask,
        KillTask = &KillTask,
        FrameworkMessage = &FrameworkMessage,
        Shutdown = &Shutdown,
        Error = &Error,
    };

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Registered(void* context, EbBytes executorInfo, EbBytes frameworkInfo, EbBytes agentInfo)
    {
        try
        {
            Driver(context).Post(new DriverEvent.Registered(Copy(executorInfo), Copy(frameworkInfo), Copy(agentInfo)));
        }
        catch (Exception e)
        {
            Driver(context).Fail(e);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Reregistered(void* context, EbBytes agentInfo) =>
        Deliver(context, agentInfo, static bytes => new DriverEvent.Reregistered(bytes));

    /// <summary>No libmesos calls it: <see cref="AgentLink"/> tells instead.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Disconnected(void* context) =>
        Deliver(context, default, static _ => new DriverEvent.Disconnected());

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void LaunchTask(void* context, EbBytes taskInfo) =>
        Deliver(context, taskInfo, static bytes => new DriverEvent.LaunchTask(bytes));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void KillTask(void* context, EbBytes taskId) =>
        Deliver(context, taskId, static bytes => new DriverEvent.KillTask(bytes));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void FrameworkMessage(void* context, EbBytes data) =>
        Deliver(context, data, static bytes => new DriverEvent.FrameworkMessage(bytes));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Shutdown(void* context) =>
        Deliver(context, default, static _ => new DriverEvent.Shutdown("the agent asked the executor to shut down"));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Error(void* context, EbBytes message) =>
        Deliver(context, message, static bytes => new DriverEvent.Error(Encoding.UTF8.GetString(bytes)));

    private static void Deliver(void* context, EbBytes bytes, Func<byte[], DriverEvent> toEvent)
    {
        try
        {
            Driver(context).Post(toEvent(Copy(bytes)));
        }
        catch (Exception e)
        {
            Driver(context).Fail(e);
        }
    }

    private static LibmesosDriver Driver(void* context) => (LibmesosDriver)GCHandle.FromIntPtr((nint)context).Target!;

    private static byte[] Copy(EbBytes bytes) => new ReadOnlySpan<byte>(bytes.Data, checked((int)bytes.Size)).ToArray();
}
