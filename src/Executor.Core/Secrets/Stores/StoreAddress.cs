using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Executor.Core.Hooks;

namespace Executor.Core.Secrets.Stores;

/// <summary>What kind of store it is.</summary>
public enum StoreKind
{
    Https,
    Vault,
    File,
}

/// <summary>
/// EXECUTOR_CONFIG_STORE: where a configuration is, with places for what differs between tasks.
/// </summary>
/// <param name="Server">Scheme https, host and port; null for files.</param>
/// <param name="Path">With its places; for servers with the leading slash, for files absolute or relative to the sandbox.</param>
/// <param name="Query">Of a server's address, with its question mark; may be empty.</param>
public sealed partial record StoreAddress(StoreKind Kind, Uri? Server, string Path, string Query)
{
    public const string Accepted =
        "https://host:port/path, vault+https://host:port/mount/path or file:path, where the path may hold {app}, {group}, {task} and {version}";

    private const string VaultPrefix = "vault+";
    private const string FilePrefix = "file:";

    public static bool TryParse(string text, [NotNullWhen(true)] out StoreAddress? address)
    {
        address = text.StartsWith(FilePrefix, StringComparison.Ordinal) ? OfFile(text[FilePrefix.Length..]) : OfServer(text);
        return address is not null && Error(text) is null;
    }

    /// <summary>Which of its places nobody knows.</summary>
    public static string? Error(string text) =>
        Place().Matches(text).Select(match => match.Value).FirstOrDefault(place => !StorePlaces.Names.Contains(place)) is { } unknown
            ? $"{unknown} is none of its places"
            : null;

    /// <summary>The address with another path.</summary>
    /// <param name="label">Of the label config: relative to what the path has before its first place.</param>
    /// <exception cref="InvalidTaskException">It leads elsewhere, or has a place that nobody knows.</exception>
    public StoreAddress WithPath(string label)
    {
        if (label.StartsWith('/') || label.Split('/').Any(part => part is "" or "." or "..") || label.AsSpan().ContainsAny('?', '#', '%') || label.Contains('\\')
            || Error(label) is not null)
        {
            throw TaskLabels.NotAccepted(SecretLabels.Config, label);
        }

        var end = Path.IndexOf('{') is >= 0 and var place ? place : Path.Length;
        return this with { Path = string.Concat(Path.AsSpan(0, Path.LastIndexOf('/', Math.Max(end - 1, 0)) + 1), label) };
    }

    /// <summary>Where one task's configuration is: a URL, or a path.</summary>
    /// <exception cref="HookException">The task lacks what a place stands for.</exception>
    public string Of(StorePlaces places)
    {
        var path = Slashes().Replace(Fill(Path), "/"); // an app at the top has no group
        if (!Path.StartsWith('/')) path = path.TrimStart('/');
        if (path.Split('/').Any(part => part is "." or ".."))
            throw new HookException($"the path of the configuration, {path}, leads elsewhere: accepted is one without . and ..");
        return Server is null ? path : $"{Server.GetLeftPart(UriPartial.Authority)}{path}{Fill(Query)}";

        string Fill(string text) => Place().Replace(text, match => places.Value(match.Value, escape: Server is not null));
    }

    /// <summary>As the setting is written; a query may hold a secret.</summary>
    public override string ToString() => Kind switch
    {
        StoreKind.File => $"{FilePrefix}{Path}",
        StoreKind.Vault => $"{VaultPrefix}{Server!.GetLeftPart(UriPartial.Authority)}{Path}",
        _ => $"{Server!.GetLeftPart(UriPartial.Authority)}{Path}",
    };

    private static StoreAddress? OfServer(string text)
    {
        var kind = text.StartsWith(VaultPrefix, StringComparison.Ordinal) ? StoreKind.Vault : StoreKind.Https;
        var match = ServerForm().Match(kind == StoreKind.Vault ? text[VaultPrefix.Length..] : text);
        if (!match.Success || !Uri.TryCreate(match.Groups["server"].Value, UriKind.Absolute, out var server)) return null;
        if (kind == StoreKind.Vault && (match.Groups["query"].Length > 0 || match.Groups["path"].Value.Trim('/').Split('/').Length < 2)) return null;
        return new StoreAddress(kind, server, match.Groups["path"].Value, match.Groups["query"].Value);
    }

    private static StoreAddress? OfFile(string path)
    {
        if (path.StartsWith("//", StringComparison.Ordinal)) path = path[2..];
        return path.Length == 0 || path.EndsWith('/') || path.Split('/').Contains("..") ? null : new StoreAddress(StoreKind.File, null, path, "");
    }

    [GeneratedRegex(@"\A(?<server>https://[^/?#@\s]+)(?<path>/[^?#\s]+)(?<query>\?[^#\s]*)?\z")]
    private static partial Regex ServerForm();

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Place();

    [GeneratedRegex("/{2,}")]
    private static partial Regex Slashes();
}
