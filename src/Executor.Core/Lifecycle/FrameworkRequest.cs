using System.Text;

namespace Executor.Core.Lifecycle;

/// <summary>What a framework's message asks for; docs/framework-messages.md is the whole set.</summary>
internal abstract record FrameworkRequest
{
    /// <summary>Room for the longest command with the longest task id there can be, and no more.</summary>
    private const int Longest = 1024;

    private const int LongestQuote = 80;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private FrameworkRequest()
    {
    }

    /// <summary>A description of the executor and its tasks.</summary>
    public sealed record Status : FrameworkRequest;

    /// <summary>A kill with no grace.</summary>
    public sealed record Destroy(string TaskId) : FrameworkRequest;

    /// <param name="Error">What it is, and what is accepted.</param>
    public sealed record Unknown(string Error) : FrameworkRequest;

    /// <summary>Reads any bytes: what means nothing here is <see cref="Unknown"/>.</summary>
    public static FrameworkRequest Parse(ReadOnlySpan<byte> data)
    {
        if (data.Length > Longest) return Refuse($"{data.Length} bytes");
        string text;
        try
        {
            text = Utf8.GetString(data).Trim();
        }
        catch (DecoderFallbackException)
        {
            return Refuse($"{data.Length} bytes that are no UTF-8");
        }

        // A task id may hold a space.
        var words = text.Split(' ', 2, StringSplitOptions.TrimEntries);
        return words switch
        {
            ["status"] => new Status(),
            ["destroy", { Length: > 0 } id] => new Destroy(id),
            _ => Refuse($"\"{Quote(text)}\""),
        };
    }

    private static string Quote(string text)
    {
        if (text.Length <= LongestQuote) return text;
        // Half a surrogate pair is no text.
        var end = char.IsHighSurrogate(text[LongestQuote - 1]) ? LongestQuote - 1 : LongestQuote;
        return $"{text[..end]}…";
    }

    private static Unknown Refuse(string what) => new($"the message is {what}: accepted is status, or destroy TASK_ID");
}
