using System.Text;

namespace Executor.Fuzz.Tests.Engine;

/// <summary>Something that reads what others write, and what has to hold for whatever they write. Used by one thread.</summary>
internal abstract class FuzzTarget
{
    /// <summary>Good inputs to begin with; at least one.</summary>
    public abstract IEnumerable<byte[]> Seeds { get; }

    /// <summary>What means something to the reader: pieces that no accident would put together.</summary>
    public virtual IReadOnlyList<string> Words => [];

    /// <summary>Reads an input; any exception, and a failed assertion, is a finding.</summary>
    public abstract void Check(ReadOnlyMemory<byte> input);

    /// <summary>Varies an input by what it means, where the target knows; null where bytes have to be varied.</summary>
    public virtual byte[]? Vary(byte[] input, Random random) => null;

    public override string ToString() => GetType().Name.Replace("Target", "", StringComparison.Ordinal);

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Asserts that an error is what people are to get: one line that says something.</summary>
    protected static void AssertOneLine(string error)
    {
        if (string.IsNullOrWhiteSpace(error) || error.AsSpan().ContainsAny('\n', '\r'))
            throw new FindingException($"an error is not one line that says something: \"{error}\"");
    }

    protected static void AssertThat(bool holds, string what)
    {
        if (!holds) throw new FindingException(what);
    }
}
