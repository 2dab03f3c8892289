using System.Text;
using System.Text.RegularExpressions;

namespace Executor.Core.Logs.Lines;

/// <summary>
/// Joins the lines of one event: a line that matches begins one, and every other belongs to the one before it, as the lines
/// of a stack trace do. An event is whole when the next begins, when it is as long as an event may be (what
/// follows is another event then: nothing is lost), and when it is old, which is the owner's to notice.
/// </summary>
internal sealed class LineJoiner(Regex first, int longest)
{
    private readonly ByteBuffer _event = new();
    private char[] _characters = new char[256];
    private bool _isCut;

    /// <summary>When its first line came, Unix milliseconds.</summary>
    public long Arrived { get; private set; }

    /// <summary>Whether an event has begun.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether a line begins a new event: then the one before has to be taken first.</summary>
    public bool IsFirst(ReadOnlySpan<byte> line)
    {
        var needed = Encoding.UTF8.GetMaxCharCount(line.Length);
        if (_characters.Length < needed) _characters = new char[needed];
        return first.IsMatch(_characters.AsSpan(0, Encoding.UTF8.GetChars(line, _characters)));
    }

    /// <summary>Whether an event that has begun would be too long with a line: then it, too, has to be taken first.</summary>
    public bool IsTooLongWith(ReadOnlySpan<byte> line) => _event.Length + 1 + line.Length > longest;

    /// <param name="line">Not longer than an event may be.</param>
    public void Add(ReadOnlySpan<byte> line, long arrived, bool cut)
    {
        if (!HasBegun) (HasBegun, Arrived) = (true, arrived);
        else _event.Add((byte)'\n');
        _isCut |= cut;
        _event.Add(line);
    }

    /// <param name="text">Valid until the next call of anything.</param>
    public void Take(out ReadOnlySpan<byte> text, out bool cut)
    {
        text = _event.Written;
        cut = _isCut;
        (HasBegun, _isCut) = (false, false);
        _event.Clear();
    }
}
