using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Executor.Control.Reporting;

/// <summary>Writes JSON, one value a line, each written whole before the next. Safe from any thread.</summary>
internal sealed class JsonLineWriter(Stream output)
{
    private static readonly JsonWriterOptions Options = new()
    {
        // The reader is a program, not a page: only what JSON itself needs is escaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _line = new();

    /// <param name="write">Writes one value.</param>
    public void Write(Action<Utf8JsonWriter> write)
    {
        lock (_gate)
        {
            _line.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(_line, Options)) write(json);
            _line.Write("\n"u8);
            output.Write(_line.WrittenSpan);
            output.Flush();
        }
    }
}
