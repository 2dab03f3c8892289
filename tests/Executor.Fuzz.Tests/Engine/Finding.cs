using System.Text;

namespace Executor.Fuzz.Tests.Engine;

/// <summary>An input and what was wrong with how it was read.</summary>
internal sealed record Finding(byte[] Input, Exception Error)
{
    private const int LongestShown = 4096;

    /// <summary>All that a test of it takes.</summary>
    public override string ToString()
    {
        var shown = Input.AsSpan(0, Math.Min(Input.Length, LongestShown));
        var text = string.Concat(Encoding.Latin1.GetString(shown).Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"\\x{(int)c:x2}"));
        return $"{Error}\nof {Input.Length} bytes: {text}\nin base64: {Convert.ToBase64String(shown)}";
    }
}
