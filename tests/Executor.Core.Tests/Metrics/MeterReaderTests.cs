using Executor.Core.Metrics;
using Executor.Core.Telemetry;
using NLog;
using NLog.Config;
using NLog.Targets;

namespace Executor.Core.Tests.Metrics;

public sealed class MeterReaderTests
{
    [Test]
    public void Series_beyond_the_most_are_told_once_and_not_kept()
    {
        var told = new MemoryTarget { Layout = "${message}" };
        using var logs = new LogFactory();
        var rules = new LoggingConfiguration(logs);
        rules.AddRuleForAllLevels(told);
        logs.Configuration = rules;
        using var reader = new MeterReader(logs.GetLogger("metrics"), mostSeries: 2);

        for (var i = 0; i < 4; i++) Instruments.TaskEscalations.Add(1, Instruments.Task($"beyond-{i}"));

        Assert.That(told.Logs, Is.EqualTo(["2 series are kept; what is measured of others is not"]));
        Assert.That(reader.Read(), Has.Count.LessThanOrEqualTo(4), "2 of what happens, 2 of what is observed");
    }
}
