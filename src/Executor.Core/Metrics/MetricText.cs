namespace Executor.Core.Metrics;

/// <summary>Texts of others in a protocol where some letters mean something.</summary>
internal static class MetricText
{
    /// <returns>The text with <c>_</c> for every letter that may not stand there.</returns>
    public static string Clean(string text, Func<char, bool> mayStand) =>
        string.Concat(text.Select(letter => mayStand(letter) ? letter : '_'));

    /// <summary>Whether a letter means nothing in any protocol, path or file name.</summary>
    public static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_';
}
