using System.Collections.Immutable;
using System.Text;

namespace Executor.Core.Configuration;

/// <summary>
/// Hides secrets in what goes to people. Nothing that is written here has a secret in it by intent; this is the net below:
/// a server's error text or a hook's words may repeat what they were given. Thread-safe.
/// </summary>
/// <remarks>
/// It keeps no secret, only lengths and hashes to find them by: what was decrypted for a task does not stay in memory for
/// the mask's sake.
/// </remarks>
public sealed class SecretMask
{
    /// <summary>What stands for a secret.</summary>
    public const string Hidden = "********";

    /// <summary>In letters: a shorter secret is none, and hiding "true" or "8080" everywhere would leave no text readable.</summary>
    private const int Shortest = 6;

    /// <summary>Odd, and of this process: a hash tells others nothing.</summary>
    private readonly ulong _factor = (ulong)Random.Shared.NextInt64() | 1;

    private ImmutableSortedDictionary<int, ImmutableHashSet<ulong>> _hashes =
        ImmutableSortedDictionary.Create<int, ImmutableHashSet<ulong>>(Comparer<int>.Create((a, b) => b.CompareTo(a)));

    /// <summary>Hides it from now on: whole, and of one with several lines, such as a key, each line.</summary>
    public void Add(string secret)
    {
        var lines = secret.Contains('\n') ? secret.Split('\n', StringSplitOptions.TrimEntries) : [];
        foreach (var text in lines.Where(line => !line.StartsWith("-----", StringComparison.Ordinal)).Append(secret))
        {
            if (text.Length < Shortest) continue;
            var hash = Hash(text);
            ImmutableInterlocked.Update(ref _hashes, all => all.SetItem(
                text.Length, all.GetValueOrDefault(text.Length, []).Add(hash)));
        }
    }

    /// <returns>The text itself where it holds no secret.</returns>
    public string Apply(string text)
    {
        foreach (var (length, hashes) in _hashes)
            if (text.Length >= length) text = Apply(text, length, hashes);
        return text;
    }

    private string Apply(string text, int length, ImmutableHashSet<ulong> hashes)
    {
        StringBuilder? masked = null;
        var (done, first) = (0, Power(length - 1));
        var hash = Hash(text.AsSpan(0, length));
        for (var start = 0; ; start++)
        {
            if (start >= done && hashes.Contains(hash))
            {
                (masked ??= new StringBuilder()).Append(text, done, start - done).Append(Hidden);
                done = start + length;
            }

            if (start + length == text.Length) break;
            hash = ((hash - (text[start] * first)) * _factor) + text[start + length];
        }

        return masked?.Append(text, done, text.Length - done).ToString() ?? text;
    }

    private ulong Hash(ReadOnlySpan<char> text)
    {
        var hash = 0ul;
        foreach (var letter in text) hash = (hash * _factor) + letter;
        return hash;
    }

    private ulong Power(int exponent)
    {
        var power = 1ul;
        for (var i = 0; i < exponent; i++) power *= _factor;
        return power;
    }
}
