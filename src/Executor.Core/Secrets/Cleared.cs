using System.Security.Cryptography;

namespace Executor.Core.Secrets;

/// <summary>Bytes that are overwritten when they are done with.</summary>
internal readonly struct Cleared(byte[] bytes) : IDisposable
{
    public byte[] Bytes => bytes;

    public void Dispose() => CryptographicOperations.ZeroMemory(bytes);
}
