using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Executor.Core.Hooks;

/// <summary>
/// Addresses of the task itself, as labels give them: <c>/path</c> on its first port, <c>http://:PORT1/path</c>, or a port
/// by number on loopback. A label must not make the executor speak to anybody else.
/// </summary>
internal static partial class TaskAddress
{
    /// <returns>Null where it is none, or names a port that the task does not have.</returns>
    public static Uri? Parse(string text, HookedTask task)
    {
        if (text.StartsWith('/')) text = $"http://:PORT0{text}";
        var match = Form().Match(text);
        if (!match.Success || Host(match.Groups["host"].Value, task) is not { } host) return null;
        var port = Port(match.Groups["port"].Value, task);
        return port is > 0 and <= ushort.MaxValue
            && Uri.TryCreate($"{match.Groups["scheme"].Value}://{host}:{port}{match.Groups["path"].Value}", UriKind.Absolute, out var address)
            ? address
            : null;
    }

    /// <summary>A host as it stands in an address: an IPv6 address in brackets.</summary>
    public static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;

    /// <summary>An empty host is where the task listens: HOST where Marathon gives it, else loopback.</summary>
    private static string? Host(string host, HookedTask task) => host switch
    {
        "" => Bracketed(task.Host ?? "127.0.0.1"),
        "localhost" => host,
        _ => IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address) ? host : null,
    };

    /// <summary>A number, or the variable of the task's environment that holds it.</summary>
    private static int? Port(string port, HookedTask task)
    {
        var text = char.IsAsciiDigit(port[0]) ? port : task.Process.Environment.GetValueOrDefault(port);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    [GeneratedRegex(@"\A(?<scheme>https?)://(?<host>[^/:?#@\[\]]*|\[[0-9A-Fa-f:.]+\]):(?<port>\d{1,5}|PORT[A-Za-z0-9_]*)(?<path>/[^#]*)?\z")]
    private static partial Regex Form();
}
