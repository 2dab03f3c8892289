using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Executor.Libprocess.Tests.Wire;

/// <summary>The open descriptors of this process.</summary>
internal static partial class Descriptors
{
    public static int[] All() =>
        [.. Directory.GetFiles("/proc/self/fd").Select(file => int.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture))];

    /// <summary>Invalid where it is gone meanwhile.</summary>
    public static SafeFileHandle Copy(int descriptor) => new(Dup(descriptor), ownsHandle: true);

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Dup(int descriptor);
}
