using Executor.Core.Lifecycle;
using Mesos;

namespace Executor.Core.Tests.Lifecycle;

public class ProtoNamesTests
{
    /// <summary>The descriptor knows the names as written; the published program does without it.</summary>
    [Test]
    public void States_and_reasons_are_named_as_in_the_proto_file()
    {
        var reasons = Mesos.TaskStatus.Descriptor.EnumTypes.Single(type => type.Name == "Reason");
        var states = MesosReflection.Descriptor.EnumTypes.Single(type => type.Name == "TaskState");
        using (Assert.EnterMultipleScope())
        {
            foreach (var state in Enum.GetValues<TaskState>())
                Assert.That(ProtoNames.Of(state), Is.EqualTo(states.FindValueByNumber((int)state).Name));
            foreach (var reason in Enum.GetValues<Mesos.TaskStatus.Types.Reason>())
                Assert.That(ProtoNames.Of(reason), Is.EqualTo(reasons.FindValueByNumber((int)reason).Name));
        }
    }
}
