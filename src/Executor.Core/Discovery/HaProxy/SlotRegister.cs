using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Executor.Core.Discovery.HaProxy;

/// <summary>
/// Takes slots so that no two executors have the same. HAProxy has no lock and no transaction, but setting a server's
/// address answers what it was: an atomic exchange. Who got the free mark out of it owns the slot. Who got another's
/// address came too late and puts it back; when several did, each goes on handing in what it got last until it gets its
/// own back, and then the owner's address is what remains.
/// </summary>
/// <remarks>Nothing here is cancelled: half an exchange would leave a wrong address behind.</remarks>
internal sealed partial class SlotRegister(HaProxyApi api, IPEndPoint instance)
{
    /// <param name="server">Its backend, a slash and its name.</param>
    /// <returns>Whether the slot is the instance's now.</returns>
    public async Task<bool> ClaimAsync(string server)
    {
        var got = await SwapAsync(server, instance);
        if (ServerSlot.IsFreeMark(got)) return true;
        await PutBackAsync(server, got);
        return false;
    }

    /// <returns>Where the server pointed before.</returns>
    public async Task<IPEndPoint> SwapAsync(string server, IPEndPoint target)
    {
        var command = string.Create(CultureInfo.InvariantCulture, $"set server {server} addr {target.Address} port {target.Port}");
        var answer = await api.AskAsync(command, CancellationToken.None);
        var match = Answer().Match(answer);
        return match.Success
            ? new IPEndPoint(
                match.Groups["address"] is { Success: true, Value: var address } ? IPAddress.Parse(address) : target.Address,
                match.Groups["port"] is { Success: true, Value: var port } ? int.Parse(port, CultureInfo.InvariantCulture) : target.Port)
            : throw api.Refused(command, answer);
    }

    private async Task PutBackAsync(string server, IPEndPoint got)
    {
        while (!got.Equals(instance))
        {
            var given = got;
            got = await SwapAsync(server, given);
            // The owner has left meanwhile, or its address is there already.
            if (ServerSlot.IsFreeMark(given) || got.Equals(given)) return;
        }
    }

    [GeneratedRegex(@"\A(IP changed from '(?<address>[0-9A-Fa-f:.]+)' to '[^']*'|no need to change the addr), (port changed from '(?<port>\d+)' to '\d+'|no need to change the port) by ")]
    private static partial Regex Answer();
}
