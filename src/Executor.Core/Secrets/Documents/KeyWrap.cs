using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Executor.Core.Secrets.Documents;

/// <summary>AES Key Wrap (RFC 3394), written over the platform's AES: the platform has only its other form, with padding.</summary>
internal static class KeyWrap
{
    private const int Block = 8;
    private const int Rounds = 6;

    /// <summary>The default initial value (2.2.3.1), by which damage is found.</summary>
    private static ReadOnlySpan<byte> Initial => [0xA6, 0xA6, 0xA6, 0xA6, 0xA6, 0xA6, 0xA6, 0xA6];

    public static byte[] Wrap(byte[] wrapping, ReadOnlySpan<byte> key)
    {
        using var aes = Aes.Create();
        aes.Key = wrapping;
        byte[] wrapped = [.. Initial, .. key];
        Span<byte> pair = stackalloc byte[2 * Block];
        var step = 0UL;
        for (var round = 0; round < Rounds; round++)
        {
            for (var at = Block; at < wrapped.Length; at += Block)
            {
                wrapped.AsSpan(0, Block).CopyTo(pair);
                wrapped.AsSpan(at, Block).CopyTo(pair[Block..]);
                aes.EncryptEcb(pair, pair, PaddingMode.None);
                Mix(pair, ++step);
                pair[..Block].CopyTo(wrapped);
                pair[Block..].CopyTo(wrapped.AsSpan(at));
            }
        }

        CryptographicOperations.ZeroMemory(pair);
        return wrapped;
    }

    /// <returns>The key, for the caller to clear; null where it was wrapped with another one, or is damaged.</returns>
    public static byte[]? Unwrap(byte[] wrapping, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length != Block + JweKeys.KeySize) return null;
        using var aes = Aes.Create();
        aes.Key = wrapping;
        var work = wrapped.ToArray();
        Span<byte> pair = stackalloc byte[2 * Block];
        var step = (ulong)(Rounds * JweKeys.KeySize / Block);
        for (var round = 0; round < Rounds; round++)
        {
            for (var at = work.Length - Block; at > 0; at -= Block)
            {
                work.AsSpan(0, Block).CopyTo(pair);
                work.AsSpan(at, Block).CopyTo(pair[Block..]);
                Mix(pair, step--);
                aes.DecryptEcb(pair, pair, PaddingMode.None);
                pair[..Block].CopyTo(work);
                pair[Block..].CopyTo(work.AsSpan(at));
            }
        }

        var key = CryptographicOperations.FixedTimeEquals(work.AsSpan(0, Block), Initial) ? work[Block..] : null;
        CryptographicOperations.ZeroMemory(work);
        CryptographicOperations.ZeroMemory(pair);
        return key;
    }

    private static void Mix(Span<byte> pair, ulong step) =>
        BinaryPrimitives.WriteUInt64BigEndian(pair, BinaryPrimitives.ReadUInt64BigEndian(pair) ^ step);
}
