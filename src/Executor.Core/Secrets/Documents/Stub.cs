using System.Security.Cryptography.X509Certificates;
namespace Executor.Core.Secrets.Documents;
public sealed class DocumentKey : IDisposable { public static DocumentKey Of(X509Certificate2 c) => new(); public void Dispose() {} }
public sealed class DocumentSigners(X509Certificate2Collection c) { public int N => c.Count; }
public sealed class DocumentOpener(Func<DocumentKey> k, DocumentSigners? s, TimeProvider t) { public byte[] Open(ReadOnlyMemory<byte> b) { _ = (k, s, t); return b.ToArray(); } }
public static class SealedValues { public static bool IsIn(string s) => s.Contains("ENC[", StringComparison.Ordinal); public static string Open(string s, DocumentKey k) { _ = k; return s; } }
public sealed class DocumentException(string m) : Exception(m);
