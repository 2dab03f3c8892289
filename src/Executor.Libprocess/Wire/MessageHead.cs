using System.Globalization;
using System.Text;
using Executor.Core.Ports;

namespace Executor.Libprocess.Wire;

/// <summary>The head of one POST as it is read, line by line: what it says of the message and of its body.</summary>
internal sealed class MessageHead
{
    private const string LibprocessAgent = "libprocess/";

    private readonly string _to;
    private readonly string _name;
    private string? _from;
    private string? _userAgent;

    private MessageHead(string to, string name)
    {
        _to = to;
        _name = name;
    }

    /// <summary>Whether the body comes in chunks.</summary>
    public bool Chunked { get; private set; }

    /// <summary>The announced length; null where none is.</summary>
    public long? ContentLength { get; private set; }

    /// <summary>
    /// libprocess ignores answers, and its old versions close the connection at one, so a sender with a libprocess
    /// User-Agent gets none. Anything else (mesos-go posts with Go's HTTP client, a person with curl) waits for one.
    /// </summary>
    public bool ExpectsAnswer => _userAgent is null || !_userAgent.StartsWith(LibprocessAgent, StringComparison.Ordinal);

    /// <exception cref="RefusedException">The line is not <c>POST /to/name HTTP/1.x</c>.</exception>
    public static MessageHead FromRequestLine(ReadOnlySpan<byte> line)
    {
        var methodEnd = line.IndexOf((byte)' ');
        var targetEnd = line.LastIndexOf((byte)' ');
        if (methodEnd <= 0 || targetEnd <= methodEnd || !line[(targetEnd + 1)..].StartsWith("HTTP/1."u8))
            throw Malformed("the request line is not that of HTTP/1");
        if (!line[..methodEnd].SequenceEqual("POST"u8))
            throw new RefusedException("method", "only POST carries a message");

        var target = line[(methodEnd + 1)..targetEnd];
        var nameStart = target.LastIndexOf((byte)'/') + 1;
        if (nameStart < 3 || target[0] != '/' || nameStart == target.Length)
            throw Malformed("the path is not /<actor>/<message>");
        return new MessageHead(Decode(target[1..(nameStart - 1)]), Decode(target[nameStart..]));
    }

    /// <exception cref="RefusedException">The line is no header, or one that makes the body's end uncertain.</exception>
    public void AddHeader(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAny((byte)' ', (byte)'\t')) throw Malformed("a header has no name");
        var name = line[..colon];
        var value = line[(colon + 1)..].Trim(" \t"u8);

        if (Ascii.EqualsIgnoreCase(name, "Libprocess-From"u8))
            _from = Encoding.UTF8.GetString(value);
        else if (Ascii.EqualsIgnoreCase(name, "User-Agent"u8))
            _userAgent = Encoding.UTF8.GetString(value);
        else if (Ascii.EqualsIgnoreCase(name, "Content-Length"u8))
            AddContentLength(value);
        else if (Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8))
            Chunked = Ascii.EqualsIgnoreCase(value, "chunked"u8)
                ? true
                : throw new RefusedException("encoding", "a transfer encoding other than chunked");

        // RFC 9112, 6.3: a head with both is an attempt at smuggling, or a mistake that looks like one.
        if (Chunked && ContentLength is not null) throw Malformed("both Content-Length and Transfer-Encoding");
    }

    /// <exception cref="RefusedException">Nothing says who sent it.</exception>
    public LibprocessMessage ToMessage(ReadOnlyMemory<byte> body)
    {
        var sender = _from ?? (ExpectsAnswer ? null : _userAgent![LibprocessAgent.Length..]);
        if (!Upid.TryParse(sender, out var from))
            throw new RefusedException("sender", "neither Libprocess-From nor User-Agent holds a PID");
        return new LibprocessMessage(_to, _name, from, body);
    }

    private void AddContentLength(ReadOnlySpan<byte> value)
    {
        if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ||
            (ContentLength is { } earlier && earlier != length))
        {
            throw Malformed("Content-Length is not one number");
        }

        ContentLength = length;
    }

    /// <summary>Some peers percent-encode the parentheses of an actor's name.</summary>
    private static string Decode(ReadOnlySpan<byte> segment)
    {
        var text = Encoding.UTF8.GetString(segment);
        if (text.Contains('%', StringComparison.Ordinal)) text = Uri.UnescapeDataString(text);
        foreach (var character in text)
            if (char.IsWhiteSpace(character) || char.IsControl(character)) throw Malformed("the path holds white space or a control character");
        return text;
    }

    private static RefusedException Malformed(string what) => new("head", what);
}
