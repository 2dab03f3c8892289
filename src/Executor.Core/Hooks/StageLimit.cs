using Executor.Core.Configuration;

namespace Executor.Core.Hooks;

/// <summary>How long one run of a stage may take, and whether it was cut before that.</summary>
internal sealed class StageLimit : IDisposable
{
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _both;
    private readonly CancellationToken _cut;

    public StageLimit(TimeSpan limit, TimeProvider time, CancellationToken cut)
    {
        Time = limit;
        _cut = cut;
        _limit = new CancellationTokenSource(LongestWait.Clamp(limit), time);
        _both = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, cut);
    }

    public TimeSpan Time { get; }

    public CancellationToken Token => _both.Token;

    public bool IsCut => _cut.IsCancellationRequested;

    public void Dispose()
    {
        _both.Dispose();
        _limit.Dispose();
    }
}
