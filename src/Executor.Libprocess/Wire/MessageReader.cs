namespace Executor.Libprocess.Wire;

/// <summary>
/// Cuts the bytes of one connection into messages, however TCP cut them. Chunked bodies, announced ones and none.
/// Not safe for more than one thread. After a <see cref="RefusedException"/> it must not be used again.
/// </summary>
internal sealed class MessageReader(int maxBodyBytes)
{
    private const int MaxHeadBytes = 64 * 1024;

    // Allocated at once when announced; a larger body grows as it really arrives, so that a head alone costs nothing.
    private const int TrustedBytes = 64 * 1024;

    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;
    private int _searched;
    private int _lineBudget = MaxHeadBytes;

    private State _state;
    private MessageHead? _head;
    private byte[] _body = [];
    private int _bodyLength;
    private int _remaining;

    private enum State
    {
        RequestLine,
        Header,
        Body,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailer,
    }

    /// <summary>Whether the bytes so far end within a message.</summary>
    public bool InsideMessage => _state != State.RequestLine || _start != _end;

    /// <summary>Room for the next bytes, at least one; <see cref="Advance"/> says how many came.</summary>
    public Memory<byte> GetMemory()
    {
        if (_start == _end) _start = _end = 0;
        if (_end == _buffer.Length)
        {
            var pending = _buffer.AsSpan(_start, _end - _start);
            // Only a line grows the buffer, and the line budget bounds a line.
            var target = pending.Length > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
            pending.CopyTo(target);
            (_buffer, _start, _end) = (target, 0, pending.Length);
        }

        return _buffer.AsMemory(_end);
    }

    public void Advance(int count) => _end += count;

    /// <summary>Takes the next whole message out of the bytes so far.</summary>
    /// <exception cref="RefusedException">They are not a message, or one that is too large.</exception>
    public bool TryRead(out LibprocessMessage message, out bool expectsAnswer)
    {
        while (Step(out var more))
        {
            if (more) continue;
            expectsAnswer = _head!.ExpectsAnswer;
            message = _head.ToMessage(_body.AsMemory(0, _bodyLength));
            (_head, _body, _bodyLength, _lineBudget) = (null, [], 0, MaxHeadBytes);
            _state = State.RequestLine;
            return true;
        }

        message = null!;
        expectsAnswer = false;
        return false;
    }

    /// <summary>Consumes one line or one piece of body. False: more bytes are needed.</summary>
    /// <param name="more">False when a message is complete.</param>
    private bool Step(out bool more)
    {
        more = true;
        if (_state is State.Body or State.ChunkData)
        {
            if (!TakeBody()) return false;
            more = _state == State.ChunkData;
            _state = State.ChunkEnd;
            return true;
        }

        if (!TryTakeLine(out var line)) return false;
        switch (_state)
        {
            case State.RequestLine when line.IsEmpty:
                break; // RFC 9112, 2.2: empty lines before a request line are skipped.
            case State.RequestLine:
                _head = MessageHead.FromRequestLine(line);
                _state = State.Header;
                break;
            case State.Header when line.IsEmpty:
                more = BeginBody();
                break;
            case State.Header:
                _head!.AddHeader(line);
                break;
            case State.ChunkSize:
                Expect(ChunkSize(line));
                _lineBudget = MaxHeadBytes;
                _state = _remaining == 0 ? State.Trailer : State.ChunkData;
                break;
            case State.ChunkEnd:
                if (!line.IsEmpty) throw new RefusedException("chunk", "a chunk is longer than its size");
                _state = State.ChunkSize;
                break;
            case State.Trailer:
                more = !line.IsEmpty;
                break;
        }

        return true;
    }

    /// <summary>False when there is no body.</summary>
    private bool BeginBody()
    {
        if (_head!.Chunked)
        {
            _state = State.ChunkSize;
            return true;
        }

        Expect(_head.ContentLength ?? 0);
        _state = State.Body;
        return _remaining > 0;
    }

    private void Expect(long length)
    {
        if (length > maxBodyBytes - _bodyLength)
            throw new RefusedException("size", $"a body of more than {maxBodyBytes} bytes");
        _remaining = (int)length;
        if (_bodyLength == 0 && _remaining <= TrustedBytes) Reserve(_remaining);
    }

    private bool TakeBody()
    {
        var count = Math.Min(_remaining, _end - _start);
        // Doubled, not fitted: a body in many small chunks would be copied whole for each of them.
        if (_bodyLength + count > _body.Length)
            Reserve((int)Math.Max(_bodyLength + count, Math.Min(2L * _body.Length, maxBodyBytes)));
        _buffer.AsSpan(_start, count).CopyTo(_body.AsSpan(_bodyLength));
        _start += count;
        _bodyLength += count;
        _remaining -= count;
        return _remaining == 0;
    }

    private void Reserve(int length)
    {
        if (length > _body.Length) Array.Resize(ref _body, length);
    }

    private bool TryTakeLine(out ReadOnlySpan<byte> line)
    {
        line = default;
        var pending = _buffer.AsSpan(_start, _end - _start);
        var end = pending[_searched..].IndexOf((byte)'\n');
        var taken = end < 0 ? pending.Length : _searched + end + 1;
        if (taken > _lineBudget) throw new RefusedException("size", $"a head of more than {MaxHeadBytes} bytes");
        if (end < 0)
        {
            _searched = pending.Length;
            return false;
        }

        if (taken < 2 || pending[taken - 2] != '\r') throw new RefusedException("head", "a line does not end in CR LF");
        line = pending[..(taken - 2)];
        _searched = 0;
        _start += taken;
        _lineBudget -= taken;
        return true;
    }

    private static int ChunkSize(ReadOnlySpan<byte> line)
    {
        var extension = line.IndexOf((byte)';');
        var digits = (extension < 0 ? line : line[..extension]).TrimEnd(" \t"u8);
        if (digits.IsEmpty) throw new RefusedException("chunk", "a chunk has no size");
        long size = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit((char)digit)) throw new RefusedException("chunk", "a chunk's size is not a number");
            // Clamped: any size above the limit is refused alike, and must not overflow on the way.
            size = Math.Min((size * 16) + Convert.ToInt32(((char)digit).ToString(), 16), int.MaxValue);
        }

        return (int)size;
    }
}
