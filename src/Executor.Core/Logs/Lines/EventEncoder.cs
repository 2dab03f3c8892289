using System.Numerics;
using System.Text.Unicode;

namespace Executor.Core.Logs.Lines;

/// <summary>
/// Makes one JSON object of each line: its fields, or the whole of it as <c>message</c>, with the executor's fields behind
/// them. One per stream; allocates nothing once it has seen its longest line.
/// </summary>
/// <param name="own">What is added.</param>
internal sealed class EventEncoder(LogPlan plan, LogFormat format, OwnFields own, LogCounts counts)
{
    private const string Truncated = "truncated";

    private readonly LineFields _fields = new(new LineKeys(plan.IgnoreKeys, own.Names));
    private readonly JsonLine _json = new();

    /// <summary>Which of the executor's fields has the name of one that each event has, of a role, of the mark.</summary>
    private readonly ulong _always = own.BitOf("@timestamp") | own.BitOf("@version");
    private readonly ulong[] _ofRoles = [.. Enum.GetValues<KeyRole>().Select(role => own.BitOf(LineKeys.NameOf(role)))];
    private readonly ulong _truncated = own.BitOf(Truncated);
    private readonly ulong _otherTruncated = own.BitOf("executor_" + Truncated);
    private readonly InstantWriter _instants = new();
    private readonly ByteBuffer _stripped = new();
    private readonly ByteBuffer _valid = new();

    /// <summary>Writes one object, without a line's end, in one line.</summary>
    /// <param name="line">Of any bytes.</param>
    /// <param name="arrived">Unix milliseconds.</param>
    /// <param name="cut">Whether there was more of it.</param>
    public void Write(ByteBuffer output, ReadOnlySpan<byte> line, long arrived, bool cut)
    {
        line = Clean(line);
        var start = output.Length;
        output.Add("{\"@timestamp\":\""u8);
        var displaced = TryRead(line) ? WriteFields(output, line, arrived) : WriteMessage(output, line, arrived);
        End(output, displaced, cut);
        // Between the values of JSON that was joined of several lines; in texts they are escaped.
        if (line.ContainsAny((byte)'\r', (byte)'\n')) output.BlankLineEnds(start);
    }

    /// <summary>Writes one object with the line as it is, and looks for nothing in it.</summary>
    public void WriteUnread(ByteBuffer output, ReadOnlySpan<byte> line, long arrived, bool cut)
    {
        _fields.Clear();
        _valid.Clear();
        LineText.WriteValid(_valid, line);
        output.Add("{\"@timestamp\":\""u8);
        WriteText(output, _valid.Written, Instant.OfMilliseconds(arrived));
        End(output, _always | _ofRoles[(int)KeyRole.Message], cut);
    }

    private void End(ByteBuffer output, ulong displaced, bool cut)
    {
        if (cut)
        {
            displaced |= WriteMark(output);
            counts.Add(LogCount.Cut);
        }

        if (displaced != 0) counts.Add(LogCount.FieldConflicts, BitOperations.PopCount(displaced));
        own.Write(output, displaced, _fields);
        output.Add((byte)'}');
    }

    /// <returns>Which of the executor's fields has the mark's name.</returns>
    private ulong WriteMark(ByteBuffer output)
    {
        if (_fields.TryClaim("truncated"u8))
        {
            output.Add(",\"truncated\":true"u8);
            return _truncated;
        }

        if (!_fields.TryClaim("executor_truncated"u8)) return 0;
        output.Add(",\"executor_truncated\":true"u8);
        return _otherTruncated;
    }

    private ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> line)
    {
        if (plan.StripAnsi && line.Contains((byte)0x1b))
        {
            _stripped.Clear();
            LineText.WriteWithoutAnsi(_stripped, line);
            line = _stripped.Written;
        }

        if (Utf8.IsValid(line)) return line;
        _valid.Clear();
        LineText.WriteValid(_valid, line);
        return _valid.Written;
    }

    private bool TryRead(ReadOnlySpan<byte> line) => format switch
    {
        LogFormat.Json or LogFormat.Logstash => _json.TryRead(line, _fields),
        LogFormat.Logfmt => LogfmtLine.TryRead(line, _fields, least: 1),
        LogFormat.Auto => _json.TryRead(line, _fields) || LogfmtLine.TryRead(line, _fields, least: 2),
        _ => false,
    };

    /// <returns>Which of the executor's fields the line has itself.</returns>
    private ulong WriteFields(ByteBuffer output, ReadOnlySpan<byte> line, long arrived)
    {
        var time = WriteTime(output, line, arrived);
        if (_fields.Chosen(KeyRole.Version) < 0) output.Add(",\"@version\":\"1\""u8);
        var displaced = _always;
        var all = _fields.All;
        for (var i = 0; i < all.Length; i++)
        {
            if (i == time) continue;
            ref readonly var field = ref all[i];
            var name = NewName(i, field, ref displaced);
            if (name.IsEmpty && field.Kind == FieldKind.Member)
            {
                output.Add((byte)',');
                output.Add(field.MemberOf(line));
            }
            else
            {
                output.Add(",\""u8);
                output.Add(name.IsEmpty ? field.KeyOf(line) : name);
                output.Add("\":"u8);
                WriteValue(output, field, line);
            }

            if (field.Meaning.Field >= 0) displaced |= 1UL << field.Meaning.Field;
        }

        return displaced;
    }

    /// <returns>The field that was its time; -1 where that was none.</returns>
    private int WriteTime(ByteBuffer output, ReadOnlySpan<byte> line, long arrived)
    {
        var chosen = FindTime(line, out var instant);
        _instants.Write(output, chosen < 0 ? Instant.OfMilliseconds(arrived) : instant);
        output.Add((byte)'"');
        return chosen;
    }

    /// <summary>The chosen one, and where that cannot be read the first that can.</summary>
    private int FindTime(ReadOnlySpan<byte> line, out Instant instant)
    {
        instant = default;
        var chosen = _fields.Chosen(KeyRole.Timestamp);
        if (chosen < 0 || IsTime(chosen, line, out instant)) return chosen;
        for (var i = 0; i < _fields.All.Length; i++)
            if (i != chosen && _fields.All[i].Meaning.Role == KeyRole.Timestamp && IsTime(i, line, out instant)) return i;
        return -1;
    }

    private bool IsTime(int index, ReadOnlySpan<byte> line, out Instant instant) =>
        LineTime.TryParse(_fields.All[index].ValueOf(line).Trim((byte)'"'), out instant);

    /// <summary>The name that a field gets instead of its own; empty is none.</summary>
    /// <param name="displaced">Gets the executor's field of that name.</param>
    private ReadOnlySpan<byte> NewName(int index, in LineField field, ref ulong displaced)
    {
        var role = field.Meaning.Role;
        if (role is KeyRole.Message or KeyRole.Level or KeyRole.Logger && index == _fields.Chosen(role))
        {
            displaced |= _ofRoles[(int)role];
            return Names[(int)role];
        }

        if (role != KeyRole.Timestamp || !field.Meaning.IsExact) return [];

        // Not a time that can be read: Logstash, too, takes it out of the way of the true one so.
        var name = "_@timestamp";
        while (!_fields.TryClaim(System.Text.Encoding.UTF8.GetBytes(name))) name = '_' + name;
        displaced |= own.BitOf(name);
        return System.Text.Encoding.UTF8.GetBytes(name);
    }

    private static void WriteValue(ByteBuffer output, in LineField field, ReadOnlySpan<byte> line)
    {
        if (field.Kind != FieldKind.Text)
        {
            output.Add(field.ValueOf(line));
            return;
        }

        output.Add((byte)'"');
        LineText.WriteEscaped(output, field.ValueOf(line));
        output.Add((byte)'"');
    }

    private ulong WriteMessage(ByteBuffer output, ReadOnlySpan<byte> line, long arrived)
    {
        _fields.Clear(); // there may be some of what it only seemed to be
        if (format != LogFormat.Raw) counts.Add(LogCount.Unparsed);
        if (!LineTime.TryFind(line, arrived, out var instant)) instant = Instant.OfMilliseconds(arrived);
        WriteText(output, line, instant);
        // As the reference marks them.
        if (format != LogFormat.Logstash) return _always | _ofRoles[(int)KeyRole.Message];
        output.Add(",\"level\":\"INFO\",\"logger\":\"invalid-format\""u8);
        return _always | _ofRoles[(int)KeyRole.Message] | _ofRoles[(int)KeyRole.Level] | _ofRoles[(int)KeyRole.Logger];
    }

    private void WriteText(ByteBuffer output, ReadOnlySpan<byte> line, Instant instant)
    {
        _instants.Write(output, instant);
        output.Add("\",\"@version\":\"1\",\"message\":\""u8);
        LineText.WriteEscaped(output, line);
        output.Add((byte)'"');
    }

    private static readonly byte[][] Names =
        [.. Enum.GetValues<KeyRole>().Select(role => System.Text.Encoding.UTF8.GetBytes(LineKeys.NameOf(role)))];
}
