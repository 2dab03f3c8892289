using System.Security.Cryptography;
using System.Text;

namespace Executor.Core.Hooks;

/// <summary>Files that are named after what others have named.</summary>
internal static class FileName
{
    private const int HashLength = 32;

    /// <summary>The name itself; one that is too long is cut, and gets a hash of the whole so that it stays one of its own.</summary>
    /// <param name="longest">In bytes of UTF-8.</param>
    public static string Shortened(string name, int longest)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        if (bytes.Length <= longest) return name;
        var end = longest - HashLength - 1;
        while ((bytes[end] & 0xC0) == 0x80) end--;
        return $"{Encoding.UTF8.GetString(bytes.AsSpan(0, end))}-{Convert.ToHexStringLower(SHA256.HashData(bytes))[..HashLength]}";
    }
}
