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
    private readonly LineFields _fields = new(new LineKeys(plan.IgnoreKeys, own.Names));
    private readonly InstantWriter _instants = new();
    private readonly ByteBuffer _stripped = new();
    private readonly ByteBuffer _valid = new();

    /// <summary>Writes one object, without a line's end.</summary>
    /// <param name="line">Of any bytes.</param>
    /// <param name="arrived">Unix milliseconds.</param>
    /// <param name="cut">Whether there was more of it.</param>
    public void Write(ByteBuffer output, ReadOnlySpan<byte> line, long arrived, bool cut)
    {
        line = Clean(line);
        output.Add("{\"@timestamp\":\""u8);
        var displaced = TryRead(line) ? WriteFields(output, line, arrived) : WriteMessage(output, line, arrived);
        End(output, displaced, cut);
    }

    /// <summary>Writes one object with the line as it is, and looks for nothing in it.</summary>
    public void WriteUnread(ByteBuffer output, ReadOnlySpan<byte> line, long arrived, bool cut)
    {
        _valid.Clear();
        LineText.WriteValid(_valid, line);
        output.Add("{\"@timestamp\":\""u8);
        WriteText(output, _valid.Written, Instant.OfMilliseconds(arrived));
        End(output, 0, cut);
    }

    private void End(ByteBuffer output, ulong displaced, bool cut)
    {
        if (cut)
        {
            output.Add(",\"truncated\":true"u8);
            counts.Add(LogCount.Cut);
        }

        own.Write(output, displaced);
        output.Add((byte)'}');
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
        LogFormat.Json or LogFormat.Logstash => JsonLine.TryRead(line, _fields),
        LogFormat.Logfmt => LogfmtLine.TryRead(line, _fields, least: 1),
        LogFormat.Auto => JsonLine.TryRead(line, _fields) || LogfmtLine.TryRead(line, _fields, least: 2),
        _ => false,
    };

    /// <returns>Which of the executor's fields the line has itself.</returns>
    private ulong WriteFields(ByteBuffer output, ReadOnlySpan<byte> line, long arrived)
    {
        var time = WriteTime(output, line, arrived);
        if (_fields.Chosen(KeyRole.Version) < 0) output.Add(",\"@version\":\"1\""u8);
        ulong displaced = 0;
        var all = _fields.All;
        for (var i = 0; i < all.Length; i++)
        {
            if (i == time) continue;
            ref readonly var field = ref all[i];
            output.Add((byte)',');
            output.Add((byte)'"');
            output.Add(NameOf(i, field, line));
            output.Add("\":"u8);
            WriteValue(output, field, line);
            if (field.Meaning.Field >= 0) displaced |= 1UL << field.Meaning.Field;
        }

        if (displaced != 0) counts.Add(LogCount.FieldConflicts, BitOperations.PopCount(displaced));
        return displaced;
    }

    /// <returns>The field that was its time; -1 where that was none.</returns>
    private int WriteTime(ByteBuffer output, ReadOnlySpan<byte> line, long arrived)
    {
        var chosen = _fields.Chosen(KeyRole.Timestamp);
        var instant = Instant.OfMilliseconds(arrived);
        var parsed = chosen >= 0 && LineTime.TryParse(_fields.All[chosen].ValueOf(line).Trim((byte)'"'), out instant);
        if (!parsed) instant = Instant.OfMilliseconds(arrived);
        _instants.Write(output, instant);
        output.Add((byte)'"');
        return parsed ? chosen : -1;
    }

    private ReadOnlySpan<byte> NameOf(int index, in LineField field, ReadOnlySpan<byte> line)
    {
        var role = field.Meaning.Role;
        if (role is KeyRole.Message or KeyRole.Level or KeyRole.Logger && index == _fields.Chosen(role)) return Names[(int)role];
        // Not a time that can be read: Logstash, too, takes it out of the way of the true one so.
        return role == KeyRole.Timestamp && field.Meaning.IsExact ? "_@timestamp"u8 : field.KeyOf(line);
    }

    private static void WriteValue(ByteBuffer output, in LineField field, ReadOnlySpan<byte> line)
    {
        if (field.IsJson)
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
        if (format != LogFormat.Raw) counts.Add(LogCount.Unparsed);
        if (!LineTime.TryFind(line, arrived, out var instant)) instant = Instant.OfMilliseconds(arrived);
        WriteText(output, line, instant);
        // As the reference marks them.
        if (format == LogFormat.Logstash) output.Add(",\"level\":\"INFO\",\"logger\":\"invalid-format\""u8);
        return 0;
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
