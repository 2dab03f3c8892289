using System.Globalization;
using System.Net;

namespace Executor.Core.Discovery.HaProxy;

/// <summary>One server of a backend, as <c>show servers state</c> tells it.</summary>
/// <param name="Server">Where its traffic goes; null where HAProxy has no address for it.</param>
/// <param name="AdminState">HAProxy's bits of what an administrator asked for.</param>
internal sealed record ServerSlot(string Name, IPEndPoint? Server, int AdminState)
{
    private const int ForcedMaintenance = 0x01;
    private const int ForcedDrain = 0x08;

    /// <summary>
    /// Where a slot points that nobody owns. Its port marks it: nobody serves there, and only an owner sets it back.
    /// </summary>
    public static IPEndPoint Free { get; } = new(IPAddress.Loopback, 1);

    /// <summary>Whether somebody may take it.</summary>
    public bool IsFree => (AdminState & ForcedMaintenance) != 0 && Server is not null && IsFreeMark(Server);

    /// <summary>Whether it is neither in maintenance nor drained; its health is HAProxy's affair.</summary>
    public bool IsReady => (AdminState & (ForcedMaintenance | ForcedDrain)) == 0;

    public static bool IsFreeMark(IPEndPoint server) => server.Port == Free.Port;

    /// <returns>Null where the text is no such table.</returns>
    public static IReadOnlyList<ServerSlot>? ParseTable(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length < 2 || !lines[1].StartsWith("# ", StringComparison.Ordinal)) return null;
        var header = lines[1][2..].Split(' ');
        int[] columns = [.. Columns.Select(name => Array.IndexOf(header, name))];
        if (columns.Contains(-1)) return null;
        ServerSlot?[] slots = [.. lines.Skip(2).Select(line => line.Split(' ')).Where(row => row.Length >= header.Length).Select(row =>
            Parse([.. columns.Select(column => row[column])]))];
        return slots.Contains(null) ? null : [.. slots.OfType<ServerSlot>()];
    }

    private static readonly string[] Columns = ["srv_name", "srv_addr", "srv_port", "srv_admin_state"];

    private static ServerSlot? Parse(string[] row)
    {
        if (!int.TryParse(row[3], NumberStyles.None, CultureInfo.InvariantCulture, out var state)) return null;
        if (!IPAddress.TryParse(row[1], out var address)) return new ServerSlot(row[0], null, state);
        return ushort.TryParse(row[2], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new ServerSlot(row[0], new IPEndPoint(address, port), state)
            : null;
    }
}
