using System.Text;
using Executor.Core.Ports;
using static System.FormattableString;

namespace Executor.Core.Processes;

/// <summary>What the kernel accepts of arguments and environment: execve(2), fs/exec.c.</summary>
internal static class ExecLimits
{
    private const int PagesOfOneString = 32;
    private const ulong MostInSum = 6 << 20;
    private const ulong LeastInSum = 128 << 10;

    /// <summary>What is too long, and for one variable which; never a value.</summary>
    public static string Explain(ProcessDescription description)
    {
        var one = PagesOfOneString * (long)Environment.SystemPageSize;
        foreach (var (name, value) in description.Environment)
        {
            var size = Size(name) + Size(value); // the = takes the place of the first NUL
            if (size > one) return Invariant($"environment variable \"{name}\" takes {size} bytes, and the kernel accepts {one} for one");
        }

        for (var i = 0; i < description.Arguments.Count; i++)
        {
            var size = Size(description.Arguments[i]);
            if (size > one) return Invariant($"argument {i} takes {size} bytes, and the kernel accepts {one} for one");
        }

        var environment = description.Environment.Sum(v => Size(v.Key) + Size(v.Value) + nint.Size);
        var arguments = description.Arguments.Sum(a => Size(a) + nint.Size);
        return Invariant(
            $"{description.Environment.Count} environment variables take {environment} bytes and {description.Arguments.Count} arguments {arguments}, and the kernel accepts {InSum(description)} in sum, a quarter of the stack's limit but no more than {MostInSum}");
    }

    private static ulong InSum(ProcessDescription description)
    {
        var stack = description.Limits.LastOrDefault(l => l.Name == "stack")?.Soft ?? Libc.StackLimit();
        return Math.Clamp(stack / 4, LeastInSum, MostInSum);
    }

    private static long Size(string text) => Encoding.UTF8.GetByteCount(text) + 1;
}
