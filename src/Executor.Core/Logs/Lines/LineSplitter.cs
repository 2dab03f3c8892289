namespace Executor.Core.Logs.Lines;

/// <summary>
/// The lines of one stream, whatever pieces it comes in. A line within a piece is that piece's memory; only one that spans
/// pieces is copied, and of one that is too long the beginning is kept and the rest forgotten.
/// </summary>
/// <param name="longest">Bytes of a line.</param>
internal sealed class LineSplitter(int longest)
{
    private readonly ByteBuffer _begun = new(256);
    private bool _taken;
    private bool _cut;

    /// <summary>Whether what comes is the end of a line that is missing.</summary>
    public bool Skips { get; private set; }

    /// <summary>Takes the next line.</summary>
    /// <param name="rest">What follows it.</param>
    /// <param name="line">Valid until the next call; without its end, and without a carriage return there.</param>
    /// <param name="cut">Whether it was longer.</param>
    /// <returns>Whether there is one; else the rest is kept.</returns>
    public bool TryTake(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line, out bool cut)
    {
        Forget();
        var end = rest.IndexOf((byte)'\n');
        if (end >= 0 && _begun.Length == 0 && !Skips)
        {
            line = rest[..end];
            rest = rest[(end + 1)..];
            cut = line.Length > longest;
            line = cut ? line[..longest] : WithoutReturn(line);
            return true;
        }

        var part = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        if (!Skips) Keep(part);
        return End(end >= 0, out line, out cut);
    }

    /// <summary>What there is of a line when nothing more comes.</summary>
    public bool TryTakeLast(out ReadOnlySpan<byte> line, out bool cut)
    {
        Forget();
        return End(_begun.Length > 0, out line, out cut);
    }

    /// <summary>Something is missing here: what was begun does not go on, and what comes next is the end of a lost line.</summary>
    public void Gap()
    {
        Forget();
        _begun.Clear();
        _cut = false;
        Skips = true;
    }

    private bool End(bool isWhole, out ReadOnlySpan<byte> line, out bool cut)
    {
        line = default;
        cut = false;
        if (!isWhole) return false;
        if (Skips)
        {
            Skips = false;
            return false;
        }

        line = _cut ? _begun.Written : WithoutReturn(_begun.Written);
        cut = _cut;
        _taken = true;
        return true;
    }

    private void Forget()
    {
        if (!_taken) return;
        _taken = _cut = false;
        _begun.Clear();
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        var room = longest - _begun.Length;
        _cut |= part.Length > room;
        _begun.Add(part[..Math.Min(part.Length, room)]);
    }

    private static ReadOnlySpan<byte> WithoutReturn(ReadOnlySpan<byte> line) => line is [.. var before, (byte)'\r'] ? before : line;
}
