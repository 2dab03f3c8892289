using System.Globalization;
using System.Security.Cryptography;
using Executor.Core.Hooks;

namespace Executor.Core.Secrets;

/// <summary>Files that a task may have named, or made.</summary>
internal static class BoundedFile
{
    /// <summary>
    /// On a thread of its own: what is no plain file may keep a reader waiting, and then only that thread waits on when it is
    /// cancelled.
    /// </summary>
    public static Task<T> OnThreadAsync<T>(Func<T> read, CancellationToken cancellationToken) => Task.Factory
        .StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(cancellationToken);

    /// <param name="what">What names the file, for errors.</param>
    /// <returns>For the caller to clear.</returns>
    /// <exception cref="HookException">It cannot be read, or is longer.</exception>
    public static byte[] Read(string path, int longest, string what)
    {
        var room = new byte[longest + 1];
        try
        {
            using var file = File.OpenRead(path);
            var length = file.ReadAtLeast(room, room.Length, throwOnEndOfStream: false);
            return length <= longest
                ? room[..length]
                : throw new HookException(string.Create(CultureInfo.InvariantCulture, $"{what} has more than {longest} bytes"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HookException($"{what} cannot be read: {e.Message}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(room);
        }
    }
}
