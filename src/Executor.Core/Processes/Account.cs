using System.Globalization;
using Executor.Core.Ports;

namespace Executor.Core.Processes;

/// <summary>
/// A user of this host, as the system's own resolver knows it: /etc/passwd, LDAP or whatever else nsswitch.conf names.
/// The supervisor is static and gets numbers, because a static program cannot load those.
/// </summary>
/// <param name="Groups">All groups of the user, <paramref name="Gid"/> included.</param>
internal sealed record Account(uint Uid, uint Gid, IReadOnlyList<uint> Groups)
{
    /// <summary>Looks a user up; may block for as long as a directory service takes.</summary>
    /// <returns>Null when this process runs as that user already.</returns>
    /// <exception cref="ProcessStartException">There is none of that name, or it cannot be found out.</exception>
    public static Account? Other(string name)
    {
        if (name.Contains('\0')) throw StartErrors.User(name.Replace("\0", "\\0", StringComparison.Ordinal), 0, "the name contains a NUL");
        var errno = Libc.FindUser(name, out var uid, out var gid);
        if (errno != 0) throw StartErrors.User(name, errno, Errno.Describe(errno));
        if (uid is null) throw StartErrors.User(name, 0, "there is no such user on this host");
        return uid == Libc.EffectiveUser() ? null : new Account(uid.Value, gid, Libc.GroupsOf(name, gid));
    }

    /// <summary>Who this process runs as: a name where there is one, and the number.</summary>
    public static string Current()
    {
        var uid = Libc.EffectiveUser();
        var number = uid.ToString(CultureInfo.InvariantCulture);
        return Libc.NameOfUser(uid) is { } name ? $"\"{name}\" ({number})" : number;
    }
}
