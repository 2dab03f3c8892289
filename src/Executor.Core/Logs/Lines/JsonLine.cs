using System.Text.Json;

namespace Executor.Core.Logs.Lines;

/// <summary>A line that is one JSON object.</summary>
internal sealed class JsonLine
{
    private readonly ByteBuffer _name = new(256);

    private static ReadOnlySpan<byte> Blanks => " \t\r\n"u8;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 256 };

    /// <summary>Finds its fields; values are left as they stand.</summary>
    /// <param name="line">Valid UTF-8.</param>
    /// <returns>False where it is none.</returns>
    public bool TryRead(ReadOnlySpan<byte> line, LineFields fields)
    {
        // Looked at first: what is no JSON at all should not cost an exception.
        if (!line.TrimEnd(Blanks).EndsWith("}"u8) || line.TrimStart(Blanks) is not [(byte)'{', .. var inside]) return false;
        if (inside.TrimStart(Blanks) is not [(byte)'"' or (byte)'}', ..]) return false;
        fields.Clear();
        try
        {
            var reader = new Utf8JsonReader(line, Options);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (key, keyLength) = ((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
                var name = reader.ValueSpan;
                if (reader.ValueIsEscaped)
                {
                    var room = _name.Room(keyLength);
                    name = room[..reader.CopyString(room)];
                }

                reader.Read();
                var value = (int)reader.TokenStartIndex;
                reader.Skip();
                fields.Add(name, key, keyLength, value, (int)reader.BytesConsumed - value, FieldKind.Member);
            }

            return !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: a key with half of a surrogate pair, which is no text.
            return false;
        }
    }
}
