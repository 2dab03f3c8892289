using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Executor.Bench.Logs;

/// <summary>
/// A program that prints lines of 200 bytes as fast as they are taken, as programs print into a pipe: a buffer of 64 KiB at
/// a time. Runs in a process of its own.
/// </summary>
internal static class LogLines
{
    public const int Length = 200;

    private const int Buffered = 64 * 1024 / Length;

    /// <param name="kind">json or logfmt.</param>
    /// <param name="took">A file for the seconds that the writing took.</param>
    public static async Task<int> PrintAsync(string kind, long lines, string took)
    {
        using var stdout = new SafeFileHandle(1, ownsHandle: false);
        await using var stream = new FileStream(stdout, FileAccess.Write, bufferSize: 0);
        var buffer = new byte[Buffered * Length];
        for (var i = 0; i < Buffered; i++) Line(kind, i).CopyTo(buffer, i * Length);
        var start = TimeProvider.System.GetTimestamp();
        for (long done = 0; done < lines;)
        {
            var count = (int)Math.Min(Buffered, lines - done);
            await stream.WriteAsync(buffer.AsMemory(0, count * Length));
            done += count;
        }

        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        await File.WriteAllTextAsync(took, seconds.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    public static byte[] Line(string kind, int number)
    {
        var text = kind == "json"
            ? FormattableString.Invariant($$"""{"time":"2026-11-27T05:15:13.{{number % 1000:d3}}Z","level":"info","logger":"shop.cart","thread":"main-{{number}}","msg":"item added to the cart of a customer","user":{{number}},"took":12.5,"pad":"*"}""")
            : FormattableString.Invariant($"""time=2026-11-27T05:15:13.{number % 1000:d3}Z level=info logger=shop.cart thread=main-{number} msg="item added to the cart of a customer" user={number} took=12.5 pad=*""");
        return Encoding.ASCII.GetBytes(text.Replace("*", new string('x', Length - text.Length), StringComparison.Ordinal) + "\n");
    }
}
