using System.IO.Compression;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Executor.Core.Logs;
using Executor.Core.Logs.Capture;
using Executor.Core.Logs.Shipping;
using Executor.Core.Tests.Processes;
using NLog;

namespace Executor.Core.Tests.Logs;

[CancelAfter(60_000)]
[SupportedOSPlatform("linux")]
public sealed class RotatingFileTests
{
    /// <summary>A descriptor that is nobody's: what follows the file is the executor's stdout and stderr.</summary>
    private const int Unused = 900;

    private readonly Folder _folder = new();
    private LogCounts _counts = new();
    private readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider _time = new();

    private string Path => _folder.File("stdout");

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    [SetUp]
    public void Empty()
    {
        foreach (var file in Directory.GetFiles(_folder.Path)) File.Delete(file);
        _counts = new LogCounts();
    }

    [Test]
    public void Every_byte_is_in_one_of_the_files_and_no_line_in_two()
    {
        var random = new Random(3);
        using var all = new MemoryStream();
        using (var file = NewFile(new Rotation(10_000, 1000, false)))
        {
            for (var i = 0; i < 400; i++)
            {
                var piece = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(n => new string('x', random.Next(300)) + (random.Next(3) > 0 ? "\n" : ""))));
                all.Write(piece);
                file.Write(piece);
            }
        }

        var files = Directory.GetFiles(_folder.Path).OrderByDescending(f => f == Path ? 0 : int.Parse(f[(Path.Length + 1)..])).ToArray();
        Assert.That(SHA256.HashData(files.SelectMany(File.ReadAllBytes).ToArray()), Is.EqualTo(SHA256.HashData(all.ToArray())));
        Assert.That(files, Has.Length.GreaterThan(10));
        Assert.That(files.Where(f => f != Path).Select(f => File.ReadAllBytes(f)[^1]), Has.All.EqualTo((byte)'\n'));
        Assert.That(files.Select(f => new FileInfo(f).Length), Has.All.LessThan(12_000));
    }

    [Test]
    public void Only_so_many_old_files_stay()
    {
        using (var file = NewFile(new Rotation(10, 2, false)))
            foreach (var line in "abcdefg") file.Write(Encoding.UTF8.GetBytes($"line {line} here\n"));

        Assert.That(Directory.GetFiles(_folder.Path).Select(System.IO.Path.GetFileName), Is.EquivalentTo(["stdout", "stdout.1", "stdout.2"]));
        Assert.That(File.ReadAllText(Path + ".1"), Is.EqualTo("line g here\n"));
    }

    [Test]
    public void A_line_of_100_MiB_survives()
    {
        using (var file = NewFile(new Rotation(1 << 20, 5, false)))
        {
            var piece = new byte[1 << 20];
            Array.Fill(piece, (byte)'y');
            for (var i = 0; i < 100; i++) file.Write(piece);
            file.Write("\nnext\n"u8);
        }

        Assert.That(new FileInfo(Path + ".1").Length, Is.EqualTo((100 << 20) + 1));
        Assert.That(File.ReadAllText(Path), Is.EqualTo("next\n"));
    }

    [Test]
    public void A_file_that_was_deleted_is_made_anew()
    {
        using var file = NewFile(new Rotation(1000, 5, false));
        file.Write("before\n"u8);
        File.Delete(Path);
        _time.Advance(TimeSpan.FromSeconds(2));
        file.Write("after\n"u8);

        Assert.That(File.ReadAllText(Path), Is.EqualTo("after\n"));
    }

    [Test]
    public void What_a_deleted_sandbox_does_not_get_is_counted_and_writing_goes_on_with_a_whole_line()
    {
        var sandbox = Directory.CreateDirectory(_folder.File("sandbox")).FullName;
        using var file = new RotatingFile(System.IO.Path.Combine(sandbox, "stdout"), Unused, new Rotation(1000, 5, false), _counts, _time);
        file.Write("beg"u8);
        Directory.Delete(sandbox, recursive: true);
        _time.Advance(TimeSpan.FromSeconds(2));
        file.Write("un\nlost\nhal"u8);
        Directory.CreateDirectory(sandbox);
        _time.Advance(TimeSpan.FromSeconds(2));
        file.Write("f\nwhole\n"u8);

        Assert.That(File.ReadAllText(System.IO.Path.Combine(sandbox, "stdout")), Is.EqualTo("whole\n"));
        Assert.That(_counts[LogCount.FileBytesLost], Is.EqualTo("un\nlost\nhalf\n".Length));
        Directory.Delete(sandbox, recursive: true);
    }

    [Test]
    public void What_a_full_disk_does_not_take_is_counted_and_writing_goes_on_once_there_is_room()
    {
        using var disk = new SmallDisk(64 * 1024);
        using var file = new RotatingFile(disk.File("stdout"), Unused, new Rotation(1 << 20, 5, false), _counts, _time);
        file.Write("before\n"u8);
        var filler = disk.Fill();
        var big = new byte[8192];
        Array.Fill(big, (byte)'x');
        file.Write(big);
        File.Delete(filler);
        var rest = "the end of a lost line\nwhole\n"u8;
        file.Write(rest);

        var text = File.ReadAllText(disk.File("stdout"));
        Assert.That(text, Does.StartWith("before\nxx").And.EndsWith("x\nwhole\n"));
        // The line that the loss has cut is ended.
        Assert.That(text.Length + _counts[LogCount.FileBytesLost], Is.EqualTo("before\n".Length + big.Length + rest.Length + 1));
    }

    [Test]
    public void A_full_disk_is_told_with_its_reason_and_the_file_or_folder()
    {
        // Others may have something to say there meanwhile.
        using var told = new Told(LogManager.LogFactory);
        using var disk = new SmallDisk(64 * 1024);
        using var file = new RotatingFile(disk.File("stdout"), Unused, new Rotation(1 << 20, 5, false), _counts, _time);
        var spool = new SpoolFiles(disk.File("spool"), "0-", 1 << 20);
        Assert.That(spool.TryWrite("before\n"u8, out _, out _), Is.True);
        disk.Fill();
        file.Write(new byte[8192]);
        Assert.That(spool.TryWrite(new byte[8192], out _, out _), Is.False);

        Assert.That(told.Lines, Has.One.EqualTo($"{disk.File("stdout")} cannot be written: No space left on device (ENOSPC): what does not go in is lost to it, and counted"));
        Assert.That(told.Lines, Has.One.EqualTo($"output cannot be kept for the receivers in {disk.File("spool")}: No space left on device (ENOSPC): it is dropped, and counted"));
        spool.Clear();
    }

    [Test]
    public void Old_files_are_compressed_where_that_is_asked_for(CancellationToken limit)
    {
        using var file = NewFile(new Rotation(10, 3, true));
        file.Write("a long line\n"u8);
        file.Write("another\n"u8);

        Assert.That(() => File.Exists(Path + ".1.gz") && !File.Exists(Path + ".1"), Is.True.After(20_000, 20));
        Assert.That(Encoding.UTF8.GetString(Content(1, isCompressed: true)), Is.EqualTo("a long line\n"));
    }

    [Test]
    public void Files_that_are_rotated_while_others_are_compressed_keep_every_byte(CancellationToken limit)
    {
        using var all = new MemoryStream();
        using (var file = NewFile(new Rotation(20_000, 1000, true)))
        {
            for (var i = 0; i < 3_000; i++)
            {
                var line = Encoding.UTF8.GetBytes($"line {i} {new string('x', 300)}\n");
                all.Write(line);
                file.Write(line);
            }

            Assert.That(() => Directory.GetFiles(_folder.Path, "stdout.*.gz"), Is.Not.Empty.After(20_000, 2), "the end of the file ends compressing");
        }

        Assert.That(() => File.Exists(Path + ".compressing"), Is.False.After(20_000, 20));
        var old = Directory.GetFiles(_folder.Path, "stdout.*").Where(name => name != Path).Select(name => System.IO.Path.GetFileName(name).Split('.'))
            .ToLookup(parts => int.Parse(parts[1]), parts => parts.Length == 3);
        Assert.That(old.Select(files => files.Count()), Has.All.EqualTo(1), "a file is there compressed or not");
        using var kept = new MemoryStream();
        foreach (var files in old.OrderByDescending(files => files.Key)) kept.Write(Content(files.Key, files.Single()));
        kept.Write(File.ReadAllBytes(Path));
        Assert.That(SHA256.HashData(kept.ToArray()), Is.EqualTo(SHA256.HashData(all.ToArray())));
    }

    [Test]
    public void A_link_that_the_task_makes_of_it_is_not_followed()
    {
        var victim = _folder.File("victim");
        File.WriteAllText(victim, "untouched");
        using var file = NewFile(new Rotation(1000, 5, false));
        File.Delete(Path);
        File.CreateSymbolicLink(Path, victim);
        _time.Advance(TimeSpan.FromSeconds(2));
        file.Write("lost\n"u8);
        File.Delete(Path);
        _time.Advance(TimeSpan.FromSeconds(2));
        file.Write("whole\n"u8);

        Assert.That((File.ReadAllText(victim), File.ReadAllText(Path)), Is.EqualTo(("untouched", "whole\n")));
        Assert.That(_counts[LogCount.FileBytesLost], Is.EqualTo("lost\n".Length));
    }

    [Test]
    public void The_agents_file_is_known_below_a_linked_work_directory()
    {
        File.WriteAllText(Path, "");
        using var link = new Folder();
        Directory.CreateSymbolicLink(link.File("work"), _folder.Path);
        using var opened = File.OpenHandle(Path);

        Assert.That(SandboxFile.Is((int)opened.DangerousGetHandle(), System.IO.Path.Combine(link.File("work"), "stdout")), Is.True);
        Assert.That(SandboxFile.Is((int)opened.DangerousGetHandle(), System.IO.Path.Combine(link.File("work"), "stderr")), Is.False);
    }

    [Test]
    public void Where_no_file_can_be_renamed_it_goes_on_growing_and_no_old_one_is_lost()
    {
        Directory.CreateDirectory(Path + ".1");
        try
        {
            File.WriteAllText(Path + ".2", "old\n");
            using var file = NewFile(new Rotation(100, 2, false));
            for (var i = 0; i < 50; i++)
            {
                if (i % 10 == 0) _time.Advance(TimeSpan.FromSeconds(2));
                file.Write("a line of some length\n"u8);
            }

            Assert.That(new FileInfo(Path).Length, Is.EqualTo(50 * "a line of some length\n".Length));
            Assert.That((_counts[LogCount.FileBytesLost], _counts[LogCount.Rotated]), Is.EqualTo((0L, 0L)));
            Assert.That(_counts[LogCount.FileErrors], Is.InRange(1, 6));
        }
        finally
        {
            Directory.Delete(Path + ".1");
        }
    }

    [Test]
    public void Where_no_file_can_be_made_it_goes_on_growing_and_no_old_one_is_lost()
    {
        Directory.CreateDirectory(Path + ".next");
        try
        {
            for (var i = 1; i <= 5; i++) File.WriteAllText($"{Path}.{i}", $"old {i}\n");
            using var file = NewFile(new Rotation(10, 5, false));
            for (var i = 0; i < 20; i++)
            {
                _time.Advance(TimeSpan.FromSeconds(2));
                file.Write("a line of some length\n"u8);
            }

            Assert.That(new FileInfo(Path).Length, Is.EqualTo(20 * "a line of some length\n".Length));
            for (var i = 1; i <= 5; i++) Assert.That(File.ReadAllText($"{Path}.{i}"), Is.EqualTo($"old {i}\n"));
        }
        finally
        {
            Directory.Delete(Path + ".next");
        }
    }

    [Test]
    public void One_that_somebody_has_moved_away_is_made_anew_and_no_old_one_is_lost()
    {
        for (var i = 1; i <= 5; i++) File.WriteAllText($"{Path}.{i}", $"old {i}\n");
        using var file = NewFile(new Rotation(20, 5, false));
        file.Write("moved\n"u8);
        File.Move(Path, _folder.File("elsewhere"));
        file.Write("moved, too\n"u8);
        file.Write("new\n"u8);

        Assert.That((File.ReadAllText(_folder.File("elsewhere")), File.ReadAllText(Path)), Is.EqualTo(("moved\nmoved, too\n", "new\n")));
        for (var i = 1; i <= 5; i++) Assert.That(File.ReadAllText($"{Path}.{i}"), Is.EqualTo($"old {i}\n"));
    }

    private byte[] Content(int number, bool isCompressed)
    {
        var file = File.OpenRead($"{Path}.{number}{(isCompressed ? ".gz" : "")}");
        using Stream content = isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private RotatingFile NewFile(Rotation rotation) => new(Path, Unused, rotation, _counts, _time);
}
