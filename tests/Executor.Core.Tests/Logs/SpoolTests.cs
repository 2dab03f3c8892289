using System.Runtime.Versioning;
using System.Text;
using Executor.Core.Logs;
using Executor.Core.Logs.Capture;
using Executor.Core.Logs.Shipping;
using Executor.Core.Tests.Processes;
using Microsoft.Extensions.Time.Testing;

namespace Executor.Core.Tests.Logs;

/// <summary>Output that waits on disk, without anybody to take it meanwhile.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[SupportedOSPlatform("linux")]
public sealed class SpoolTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogCounts _counts = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Two_streams_that_print_a_line_each_in_turn_fill_the_bytes_and_not_a_number_of_pieces()
    {
        const int lines = 200_000;
        var backlog = NewBacklog();
        for (var i = 0; i < lines; i++)
        {
            if (i % 20 == 0) _time.Advance(TimeSpan.FromSeconds(1));
            backlog.Add(i % 2, Encoding.UTF8.GetBytes($"{i}\n"));
        }

        var got = Taken(backlog);
        Assert.That(_counts[LogCount.DroppedFull], Is.Zero);
        for (var stream = 0; stream < 2; stream++)
            Assert.That(got[stream].ToString(), Is.EqualTo(string.Concat(Enumerable.Range(0, lines / 2).Select(i => $"{(2 * i) + stream}\n"))));
    }

    [Test]
    public void A_link_that_the_task_makes_where_it_is_to_be_is_not_followed()
    {
        var victim = _folder.File("victim");
        File.WriteAllText(victim, "untouched");
        Directory.CreateDirectory(_folder.File("spool"));
        File.CreateSymbolicLink(Path.Combine(_folder.File("spool"), "0-000000000"), victim);
        var backlog = NewBacklog();
        for (var i = 0; i < 100; i++) backlog.Add(0, new byte[Page.Capacity]);

        Assert.That(File.ReadAllText(victim), Is.EqualTo("untouched"));
        Assert.That(_counts[LogCount.Waiting], Is.GreaterThan(0), "the next file takes what comes");
    }

    [Test]
    public void Files_that_are_rotated_away_are_held_in_a_bounded_number()
    {
        var backlog = NewBacklog();
        backlog.Add(0, new byte[Page.Capacity]);
        backlog.Add(0, new byte[Page.Capacity]);
        var before = Directory.GetFiles("/proc/self/fd").Length;
        var expected = new StringBuilder();
        for (var i = 0; i < 200; i++)
        {
            var path = _folder.File($"rotated-{i}");
            Assert.That(Posix.OpenToAppend(path, UnixFileMode.UserRead | UnixFileMode.UserWrite, out var handle), Is.Zero);
            var file = new KeptFile(handle);
            var line = Encoding.UTF8.GetBytes($"line {i}\n");
            Posix.Write(handle, line);
            backlog.Add(1, line, file, file.StartOf(line.Length));
            file.Release();
            File.Delete(path);
            expected.Append("line ").Append(i).Append('\n');
        }

        // Others of this process come and go meanwhile.
        Assert.That(Directory.GetFiles("/proc/self/fd").Length - before, Is.LessThan(100));
        Assert.That(Taken(backlog)[1].ToString(), Is.EqualTo(expected.ToString()));
        Assert.That(_counts[LogCount.DroppedSpool], Is.Zero);
    }

    [Test]
    public void What_was_in_a_file_that_somebody_has_cut_off_is_counted_and_never_taken_for_what_stands_there_now()
    {
        var backlog = NewBacklog();
        backlog.Add(1, new byte[Page.Capacity]);
        backlog.Add(1, new byte[Page.Capacity]);
        using (var file = new RotatingFile(_folder.File("stdout"), 900, new Rotation(1 << 30, 1, false), _counts, _time))
        {
            file.Write("before\n"u8, (bytes, at, offset) => backlog.Add(0, bytes, at, offset));
            using (var same = File.OpenHandle(_folder.File("stdout"), FileMode.Open, FileAccess.Write)) RandomAccess.SetLength(same, 0);
            file.Write("after1\nafter2\n"u8, (bytes, at, offset) => backlog.Add(0, bytes, at, offset));
        }

        Assert.That(Taken(backlog)[0].ToString(), Is.EqualTo("after1\nafter2\n"));
        Assert.That(_counts[LogCount.DroppedSpool], Is.EqualTo(1));
    }

    private static StringBuilder[] Taken(Backlog backlog)
    {
        backlog.Complete();
        var taken = new StringBuilder[] { new(), new() };
        while (backlog.Take(TimeSpan.Zero, out _) is { } page)
        {
            for (var position = 0; page.TryRead(ref position, out var piece);) taken[piece.Stream].Append(Encoding.UTF8.GetString(piece.Bytes).Trim('\0'));
            backlog.GiveBack(page);
        }

        return taken;
    }

    private Backlog NewBacklog() => new(1, new Spool(_folder.File("spool"), 256 << 20, _counts), LogOverflow.Newest, _counts, _time);
}
