using System.Runtime.Versioning;
using System.Text;
using Executor.Core.Logs;
using Executor.Core.Logs.Capture;
using NLog;
using NLog.Targets;

namespace Executor.Core.Tests.Logs;

[CancelAfter(30_000)]
[SupportedOSPlatform("linux")]
public sealed class LogHookTests
{
    private readonly StringBuilder[] _taken = [new(), new()];

    [SetUp]
    public void Forget() => Array.ForEach(_taken, taken => taken.Clear());

    [Test]
    public async Task Each_stream_is_taken_to_its_end(CancellationToken limit)
    {
        await using var hook = Hook(LogMode.File);
        using (var output = hook.OpenOutput()!)
        {
            Posix.Write(output.StandardOutput, "out"u8);
            Posix.Write(output.StandardError, "error"u8);
        }

        await hook.AfterExitAsync(limit);

        Assert.That((_taken[0].ToString(), _taken[1].ToString()), Is.EqualTo(("out", "error")));
    }

    [Test]
    public async Task What_holds_the_pipe_beyond_the_tree_is_given_up(CancellationToken limit)
    {
        await using var hook = Hook(LogMode.File);
        using var held = hook.OpenOutput()!;
        Posix.Write(held.StandardOutput, "before"u8);

        await hook.AfterExitAsync(limit);

        Assert.That(_taken[0].ToString(), Is.EqualTo("before"));
    }

    [Test]
    public async Task With_mode_none_the_output_is_nobodys(CancellationToken limit)
    {
        await using var hook = Hook(LogMode.None);
        using (var output = hook.OpenOutput()!) Posix.Write(output.StandardOutput, "nothing"u8);

        await hook.AfterExitAsync(limit);

        Assert.That(_taken[0].Length, Is.Zero);
    }

    [Test]
    public async Task What_is_in_the_pipe_when_reading_is_stopped_is_taken(CancellationToken limit)
    {
        using var mayRead = new ManualResetEventSlim();
        var taken = 0;
        using var stream = CapturedStream.Start(
            "stdout",
            bytes =>
            {
                mayRead.Wait(limit);
                taken += bytes.Length;
            },
            out var writing);
        using (writing)
        {
            Posix.Write(writing, new byte[500_000]);
            stream.Stop();
            mayRead.Set();
            await stream.Ended.WaitAsync(limit);
        }

        Assert.That((taken, stream.WasHeld), Is.EqualTo((500_000, true)));
    }

    [Test]
    public async Task The_counters_are_told_also_where_the_end_is_cut_short(CancellationToken limit)
    {
        using var told = new MemoryTarget { Layout = "${message}" };
        using var factory = new LogFactory();
        factory.Setup().LoadConfiguration(configuration => configuration.ForLogger().WriteTo(told));
        using var reading = new SemaphoreSlim(0);
        using var mayGoOn = new ManualResetEventSlim();
        var hook = Hook(LogMode.File, factory.GetLogger("test"), () =>
        {
            reading.Release();
            mayGoOn.Wait(limit);
        });
        using var held = hook.OpenOutput()!;
        Posix.Write(held.StandardOutput, "before"u8);
        await reading.WaitAsync(limit);
        Assert.That(() => hook.AfterExitAsync(new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());

        mayGoOn.Set();
        await hook.DisposeAsync();

        Assert.That(told.Logs, Has.Some.StartsWith("its output: "));
    }

    private LogHook Hook(LogMode mode, Logger? log = null, Action? beforeWriting = null) => new(
        LogEvents.Plan with { Mode = mode },
        stream => (bytes, _) =>
        {
            beforeWriting?.Invoke();
            _taken[stream].Append(Encoding.UTF8.GetString(bytes));
        },
        ship: null, own: null, new LogCounts(), log ?? LogManager.GetLogger("test"));
}
