using Executor.Core.Logs.Lines;

namespace Executor.Core.Logs.Shipping;

/// <summary>Events on their way: JSON objects, each with a line's end behind it.</summary>
internal sealed class Batch
{
    private readonly List<int> _ends = [];
    private int _first;

    public ByteBuffer Bytes { get; } = new(256 * 1024);

    /// <summary>How many are still to be sent.</summary>
    public int Count => _ends.Count - _first;

    /// <summary>What was written to <see cref="Bytes"/> is an event.</summary>
    public void EndEvent()
    {
        Bytes.Add((byte)'\n');
        _ends.Add(Bytes.Length);
    }

    /// <summary>One of those still to be sent, without its line's end.</summary>
    public ReadOnlySpan<byte> this[int index] => Bytes.Written[Start(_first + index)..(_ends[_first + index] - 1)];

    /// <summary>As many of those still to be sent as a number of bytes has room for, at least one, with their lines' ends.</summary>
    public ReadOnlySpan<byte> First(int bytes, out int count)
    {
        var start = Start(_first);
        for (count = 1; _first + count < _ends.Count && _ends[_first + count] - start <= bytes; count++)
        {
        }

        return Bytes.Written[start.._ends[_first + count - 1]];
    }

    /// <summary>The first of those still to be sent need not be sent any more.</summary>
    public void Done(int count) => _first += count;

    public void Clear()
    {
        Bytes.Clear();
        _ends.Clear();
        _first = 0;
    }

    private int Start(int index) => index == 0 ? 0 : _ends[index - 1];
}
