using Executor.Core.Hooks;
using Executor.Core.Lifecycle;
using Executor.Core.Ports;
using Mesos;
using Type = Mesos.RLimitInfo.Types.RLimit.Types.Type;

namespace Executor.Core.Tests.Lifecycle;

public sealed class TaskLimitsTests
{
    [Test]
    public void The_tasks_container_wins_over_the_executors_and_that_over_the_settings()
    {
        ResourceLimit[] defaults = [new("core", 1, 1), new("cpu", 1, 1), new("data", 1, 1)];
        var executor = new ExecutorInfo { Container = Container(Limit(Type.RlmtCpu, 2, 2), Limit(Type.RlmtData, 2, 2)) };
        var task = new TaskInfo { Container = Container(Limit(Type.RlmtData, 3, 4), Limit(Type.RlmtNofile, null, null)) };

        var limits = TaskLimits.Resolve(defaults, executor, task);

        ResourceLimit[] expected =
        [
            new("core", 1, 1), new("cpu", 2, 2), new("data", 3, 4),
            new("nofile", ResourceLimit.Unlimited, ResourceLimit.Unlimited),
        ];
        Assert.That(limits, Is.EquivalentTo(expected));
    }

    [Test]
    public void Every_type_of_mesos_is_a_limit()
    {
        var types = Enum.GetValues<Type>().Where(type => type != Type.Unknown);
        var task = new TaskInfo { Container = Container([.. types.Select(type => Limit(type, 1, 1))]) };

        var limits = TaskLimits.Resolve([], new ExecutorInfo(), task);

        Assert.That(limits.Select(l => l.Name), Is.EquivalentTo(ResourceLimit.Names));
    }

    [TestCase(Type.Unknown, 1, 1, "type Unknown is not known, only cpu, ")]
    [TestCase(Type.RlmtCore, 1, null, "core has only one of soft and hard")]
    [TestCase(Type.RlmtCore, null, 1, "core has only one of soft and hard")]
    [TestCase(Type.RlmtCore, 2, 1, "the soft limit of core is above the hard one")]
    public void What_makes_no_sense_is_an_error(Type type, int? soft, int? hard, string text)
    {
        var task = new TaskInfo { Container = Container(Limit(type, soft, hard)) };

        Assert.That(
            () => TaskLimits.Resolve([], new ExecutorInfo(), task),
            Throws.TypeOf<InvalidTaskException>().With.Message.StartWith($"RLimitInfo: {text}"));
    }

    private static RLimitInfo.Types.RLimit Limit(Type type, int? soft, int? hard)
    {
        var limit = new RLimitInfo.Types.RLimit { Type = type };
        if (soft is not null) limit.Soft = (ulong)soft;
        if (hard is not null) limit.Hard = (ulong)hard;
        return limit;
    }

    private static ContainerInfo Container(params RLimitInfo.Types.RLimit[] limits) =>
        new() { RlimitInfo = new RLimitInfo { Rlimits = { limits } } };
}
