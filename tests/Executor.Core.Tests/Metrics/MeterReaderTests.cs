using Executor.Core.Metrics;
using Executor.Core.Telemetry;
using Executor.Core.Tests.Logs;

namespace Executor.Core.Tests.Metrics;

public sealed class MeterReaderTests
{
    [Test]
    public void Series_beyond_the_most_are_told_once_and_not_kept()
    {
        using var told = new Told();
        using var reader = new MeterReader(told.Log, mostSeries: 2);

        for (var i = 0; i < 4; i++) Instruments.TaskEscalations.Add(1, Instruments.Task($"beyond-{i}"));

        Assert.That(told.Lines, Is.EqualTo(["2 series are kept; what is measured of others is not"]));
        Assert.That(reader.Read(), Has.Count.LessThanOrEqualTo(4), "2 of what happens, 2 of what is observed");
    }
}
