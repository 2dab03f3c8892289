using Executor.Bench.Rolling;

namespace Executor.EndToEnd.Tests.Rolling;

/// <summary>The short form of <c>./build.sh bench rolling</c>: what this project is for.</summary>
[NonParallelizable]
public sealed class RollingRestartTests
{
    [Test]
    [CancelAfter(60_000)]
    public async Task A_service_that_is_warmed_and_drained_is_replaced_under_load_without_a_failed_request(CancellationToken cancel)
    {
        var folder = Path.GetDirectoryName(Built.Program("executor"))!;

        var tally = await new RollingRestart(folder).RunAsync(
            RollingKind.Complete, perSecond: 500, TimeSpan.FromSeconds(6), period: TimeSpan.FromSeconds(1.5), cancel);

        Assert.That((tally.Requests, tally.Failed), Is.EqualTo((3000, 0)), tally.ToString());
    }
}
