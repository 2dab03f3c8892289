using System.Globalization;

namespace Executor.Interop.Generator;

/// <summary>C's names as C#'s.</summary>
internal static class CSharpName
{
    public static string Pascal(string name) => string.Concat(name.Split('_').Select(word =>
        CultureInfo.InvariantCulture.TextInfo.ToTitleCase(word.ToLowerInvariant())));

    public static string Camel(string name) => Pascal(name) is var pascal ? char.ToLowerInvariant(pascal[0]) + pascal[1..] : "";

    /// <summary>A member without the name of its enumeration, a constant without the name of its header.</summary>
    public static string Member(string owner, string name) =>
        Pascal(name.StartsWith($"{owner}_", StringComparison.OrdinalIgnoreCase) ? name[(owner.Length + 1)..] : name);

    /// <summary>A function without the prefix that all of a library's names have.</summary>
    public static string Function(string name) => Pascal(name[(name.IndexOf('_') + 1)..]);
}
