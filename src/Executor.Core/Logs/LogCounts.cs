using System.Globalization;

namespace Executor.Core.Logs;

/// <summary>What became of the output, and why: one number of each is kept for all tasks of the executor.</summary>
public enum LogCount
{
    /// <summary>Bytes that a sandbox file did not get: the disk is full, or the sandbox is gone.</summary>
    FileBytesLost,

    /// <summary>Renames and openings of a sandbox file that failed.</summary>
    FileErrors,

    /// <summary>Files that were rotated.</summary>
    Rotated,

    /// <summary>Bytes that tasks have printed, where the executor reads them.</summary>
    BytesRead,

    /// <summary>Lines that were read, of those to be shipped.</summary>
    LinesRead,

    /// <summary>Events that were given to a receiver; over Lumberjack those that it has acknowledged.</summary>
    Shipped,

    /// <summary>Events that were sent again after a connection broke, and that a receiver may have twice.</summary>
    SentAgain,

    /// <summary>Lines dropped since memory and spool were full.</summary>
    DroppedFull,

    /// <summary>Lines dropped since there were more in a second than the limit.</summary>
    DroppedRate,

    /// <summary>Events dropped since no UDP datagram takes them, or the network refused them.</summary>
    DroppedDatagram,

    /// <summary>Lines dropped since the spool on disk could not be written or read.</summary>
    DroppedSpool,

    /// <summary>Events cut at the longest length.</summary>
    Cut,

    /// <summary>Events of several lines that went on in another one, as they were at the longest length.</summary>
    Split,

    /// <summary>Lines that were neither JSON nor logfmt, and were shipped whole as a message.</summary>
    Unparsed,

    /// <summary>Events that an error of the executor kept from being more than a message.</summary>
    Failed,

    /// <summary>Fields of the executor that had to make way for a line's own of that name.</summary>
    FieldConflicts,

    /// <summary>Connections that could not be made, or broke.</summary>
    ConnectionErrors,

    /// <summary>Lines that were left in the sandbox at the task's end.</summary>
    Left,

    /// <summary>Bytes that wait on disk now.</summary>
    Waiting,
}

/// <summary>The counters of everything in this folder. Any thread.</summary>
public sealed class LogCounts
{
    private readonly long[] _counts = new long[Enum.GetValues<LogCount>().Length];

    public long this[LogCount count] => Volatile.Read(ref _counts[(int)count]);

    /// <summary>Those that are not zero, for people.</summary>
    public override string ToString() => string.Join(", ", Enum.GetValues<LogCount>()
        .Where(count => this[count] != 0)
        .Select(count => string.Create(CultureInfo.InvariantCulture, $"{count} {this[count]}")));

    internal void Add(LogCount count, long number = 1) => Interlocked.Add(ref _counts[(int)count], number);
}
