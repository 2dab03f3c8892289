using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Executor.Core.Configuration;
using Executor.Core.Ports;
using Executor.Interop;
using Google.Protobuf;
using Mesos;

namespace Executor.Bench;

/// <summary>
/// An executor of its own process that lets the stand-in for libmesos call launchTask many times and prints how long
/// each call took: from before the native call until the event is in the managed channel and the call has returned.
/// </summary>
internal static partial class CallbackProbe
{
    private const int Batch = 10_000;
    private const int Batches = 10;

    public static async Task<int> RunAsync(string libraryPath)
    {
        var variables = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(v => (string)v.Key, v => (string)v.Value!, StringComparer.Ordinal);
        var events = Channel.CreateUnbounded<DriverEvent>(new UnboundedChannelOptions { SingleReader = true });
        await using var driver = new LibmesosDriver(
            LibmesosLibrary.Open(libraryPath), AgentEnvironment.Read(variables), TimeProvider.System);
        driver.Start(happened => events.Writer.TryWrite(happened));
        await TakeAsync(events, 1);

        var launch = NativeLibrary.GetExport(NativeLibrary.Load(libraryPath), "standin_launch_many");
        var task = TaskOf1KiB();
        var durations = new ulong[Batch];
        Call(launch, task, durations); // warm
        await TakeAsync(events, Batch);
        var all = new List<double>(Batch * Batches);
        (long Managed, long Native) before = Heaps(), half = before;
        for (var batch = 0; batch < Batches; batch++)
        {
            Call(launch, task, durations);
            await TakeAsync(events, Batch);
            foreach (var nanoseconds in durations) all.Add(nanoseconds / 1000.0);
            if (batch == Batches / 2 - 1) half = Heaps();
        }

        var after = Heaps();
        all.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {all.Count} callbacks with a TaskInfo of {task.Length} bytes: median {Figures.Median(all):F2} µs, 99 % within {all[all.Count * 99 / 100]:F2} µs, at most {all[^1]:F0} µs (median at most 5)"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  heaps after the first half: managed {half.Managed - before.Managed:+0;-0;0} bytes, native {half.Native - before.Native:+0;-0;0}; after the second: {after.Managed - half.Managed:+0;-0;0} and {after.Native - half.Native:+0;-0;0} (no growth)"));
        return 0;
    }

    private static unsafe void Call(nint launch, byte[] task, ulong[] durations)
    {
        var launchMany = (delegate* unmanaged<void*, int, byte*, nuint, ulong*, void>)launch;
        fixed (byte* bytes = task)
        fixed (ulong* nanoseconds = durations)
            launchMany(null, durations.Length, bytes, (nuint)task.Length, nanoseconds);
    }

    private static async Task TakeAsync(Channel<DriverEvent> events, int count)
    {
        for (var i = 0; i < count; i++) await events.Reader.ReadAsync();
    }

    private static byte[] TaskOf1KiB()
    {
        var task = new TaskInfo
        {
            Name = "bench",
            TaskId = new TaskID { Value = "bench" },
            SlaveId = new SlaveID { Value = "bench-S0" },
            Data = ByteString.Empty,
        };
        task.Data = ByteString.CopyFrom(new byte[1024 - task.CalculateSize() - 1]);
        return task.ToByteArray();
    }

    private static (long Managed, long Native) Heaps() =>
        (GC.GetTotalMemory(forceFullCollection: true), (long)MallInfo().InUse);

    /// <summary>glibc's struct mallinfo2: ten words, of which one is read.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct MallocFigures
    {
        private fixed ulong _before[7];
        public ulong InUse;
        private fixed ulong _after[2];
    }

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial MallocFigures MallInfo();
}
