using System.Runtime.CompilerServices;
using SharpFuzz.Common;

namespace Executor.Fuzz.Tests.Engine;

/// <summary>
/// Which branches of the instrumented assemblies an input took, and how often: a count for each pair of branches that came
/// one after the other (AFL's map).
/// </summary>
internal static unsafe class Coverage
{
    private const int Size = 1 << 16;

    private static readonly byte[] Map = GC.AllocateArray<byte>(Size, pinned: true);

#pragma warning disable CA2255 // the instrumented code writes into the map from its first line on
    [ModuleInitializer]
    internal static void Attach() => Trace.SharedMem = (byte*)Unsafe.AsPointer(ref Map[0]);
#pragma warning restore CA2255

    public static void Clear()
    {
        Map.AsSpan().Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Adds what the last input took.</summary>
    /// <param name="seen">Of <see cref="Size"/>; what all inputs before took.</param>
    /// <returns>Whether there is something in it that none before took, or took about as often.</returns>
    public static bool AddTo(byte[] seen)
    {
        var isNew = false;
        var map = Map.AsSpan();
        for (var at = 0; map[at..].IndexOfAnyExcept((byte)0) is var next and >= 0; at++)
        {
            at += next;
            var count = Bucket(map[at]);
            isNew |= (count & ~seen[at]) != 0;
            seen[at] |= count;
        }

        return isNew;
    }

    public static byte[] NewMap() => new byte[Size];

    /// <returns>How many pairs of branches were taken.</returns>
    public static int CountOf(byte[] seen) => Size - seen.AsSpan().Count((byte)0);

    /// <returns>A bit: 1, 2, 3, up to 7, 15, 31, 127, more.</returns>
    private static byte Bucket(byte count) => count switch
    {
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
