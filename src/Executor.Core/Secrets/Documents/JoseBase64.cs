using System.Buffers;
using System.Buffers.Text;

namespace Executor.Core.Secrets.Documents;

/// <summary>base64url as JOSE has it (RFC 7515, 2): no padding, no white space, unlike what the platform also takes.</summary>
internal static class JoseBase64
{
    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    public static bool IsMadeOf(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(Alphabet);

    public static bool TryDecode(ReadOnlySpan<byte> text, out byte[] bytes)
    {
        bytes = [];
        if (!IsMadeOf(text) || text.Length % 4 == 1) return false;
        bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return Base64Url.DecodeFromUtf8(text, bytes, out _, out var written) == OperationStatus.Done && written == bytes.Length;
    }
}
