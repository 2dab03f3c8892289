using System.Diagnostics;

namespace Executor.Fuzz.Tests.Engine;

/// <summary>
/// Feeds a target its seeds and then ever new variations of what has taken a new way through the code, until the time is
/// over or something is found.
/// </summary>
internal sealed class FuzzLoop(FuzzTarget target, int seed)
{
    /// <summary>Of processor time for one input: a busy machine finds nothing.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(3);

    /// <summary>An input that takes this is not waited for.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);

    /// <summary>For one input, none of which is longer than 64 KiB.</summary>
    private const long MostAllocated = 256L << 20;

    /// <summary>What is longer is not varied further: short ones go the same ways, and much faster.</summary>
    private const int LongestKept = 4096;

    private readonly Random _random = new(seed);
    private readonly List<byte[]> _corpus = [];
    private readonly byte[] _seen = Coverage.NewMap();
    private volatile byte[] _input = [];
    private long _begun = ProcessorTime().Ticks;

    public long Inputs { get; private set; }

    public Finding? Found { get; private set; }

    public override string ToString() => FormattableString.Invariant(
        $"{target}: {Inputs} inputs, {_corpus.Count} of them kept, {Coverage.CountOf(_seen)} ways through the code");

    /// <returns>The input that is not waited for any longer; any thread.</returns>
    public Finding? FindHang() => ProcessorTime() - TimeSpan.FromTicks(Volatile.Read(ref _begun)) > Hang && Found is null
        ? new Finding(_input, new FindingException($"it took more than {Hang.TotalSeconds} s of processor time"))
        : null;

    public void Run(TimeSpan time)
    {
        var mutator = new ByteMutator(_random, target.Words);
        var clock = Stopwatch.StartNew();
        foreach (var input in target.Seeds)
        {
            // Each is worth varying, whatever others have taken before.
            _corpus.Add(input);
            if (Try(input) is not null) return;
        }

        while (clock.Elapsed < time)
        {
            var parent = PickParent();
            var input = _random.Next(2) == 0 ? target.Vary(parent, _random) : null;
            if (Try(input ?? mutator.Vary(parent, _corpus[_random.Next(_corpus.Count)])) is not null) return;
        }
    }

    /// <summary>Any, but short ones more often: they are read faster, and their variations are, too.</summary>
    private byte[] PickParent()
    {
        var (one, other) = (_corpus[_random.Next(_corpus.Count)], _corpus[_random.Next(_corpus.Count)]);
        return one.Length < other.Length || _random.Next(2) == 0 ? one : other;
    }

    private Finding? Try(byte[] input)
    {
        Inputs++;
        Coverage.Clear();
        if (ErrorOf(input) is { } error) return Found = new Finding(Shrink(input, error), error);
        if (Coverage.AddTo(_seen) && input.Length <= LongestKept) _corpus.Add(input);
        return null;
    }

    private Exception? ErrorOf(byte[] input)
    {
        _input = input;
        var begun = ProcessorTime();
        Volatile.Write(ref _begun, begun.Ticks);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Check(input);
        }
        catch (Exception e)
        {
            return e;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (allocated > MostAllocated) return new FindingException($"it allocated {allocated >> 20} MiB");
        var took = ProcessorTime() - begun;
        return took > Slow ? new FindingException($"it took {took.TotalSeconds:0.0} s of processor time") : null;
    }

    /// <summary>Leaves out whatever the error does not need, for a while.</summary>
    private byte[] Shrink(byte[] input, Exception error)
    {
        var clock = Stopwatch.StartNew();
        for (var length = input.Length / 2; length > 0; length /= 2)
        {
            for (var at = 0; at + length <= input.Length && clock.Elapsed < Hang / 2;)
            {
                byte[] shorter = [.. input.AsSpan(0, at), .. input.AsSpan(at + length)];
                if (ErrorOf(shorter) is { } same && same.GetType() == error.GetType() && Place(same) == Place(error)) input = shorter;
                else at += length;
            }
        }

        return input;
    }

    /// <summary>Where it was thrown, so that a shorter input is one of the same finding.</summary>
    private static string? Place(Exception error) => error.StackTrace?.Split('\n')[0];

    private static TimeSpan ProcessorTime() => Environment.CpuUsage.TotalTime;
}
