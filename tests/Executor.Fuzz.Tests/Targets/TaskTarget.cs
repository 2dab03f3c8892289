using Executor.Fuzz.Tests.Engine;
using Executor.Libprocess;
using Executor.Libprocess.Tests;
using Executor.Libprocess.Wire;
using Google.Protobuf;
using Mesos;
using Mesos.Internal;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>A task as a framework may describe it, from the agent's message to what would be started.</summary>
internal sealed class TaskTarget : FuzzTarget
{
    private static readonly string RunTask = $"mesos.internal.{nameof(RunTaskMessage)}";

    private readonly MessageMutator _mutator = new(LabelTarget.All);

    public override IEnumerable<byte[]> Seeds => Capture.All.Where(capture => capture.Name == RunTask).Select(capture => capture.Body)
        .Append(Full.ToByteArray());

    public override IReadOnlyList<string> Words => LabelTarget.All;

    public override void Check(ReadOnlyMemory<byte> input)
    {
        if (AgentMessages.TryRead(new LibprocessMessage("executor(1)", RunTask, Capture.All[0].From, input), out var message, out _))
            TaskAcceptance.Check(((RunTaskMessage)message).Task);
    }

    public override byte[]? Vary(byte[] input, Random random)
    {
        try
        {
            var message = RunTaskMessage.Parser.ParseFrom(input);
            _mutator.Vary(message, random);
            return message.ToByteArray();
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>One with something in every place that an executor looks at.</summary>
    private static RunTaskMessage Full => new()
    {
        Framework = new FrameworkInfo { User = "u", Name = "f" },
        Task = new TaskInfo
        {
            Name = "n",
            TaskId = new TaskID { Value = "t" },
            SlaveId = new SlaveID { Value = "s" },
            Data = ByteString.CopyFromUtf8("""{"value":"app","shell":false,"arguments":["app","x"],"environment":{"variables":[{"name":"A","value":"b"}]},"user":"u"}"""),
            KillPolicy = new KillPolicy { GracePeriod = new DurationInfo { Nanoseconds = 5_000_000_000 } },
            MaxCompletionTime = new DurationInfo { Nanoseconds = 60_000_000_000 },
            HealthCheck = new HealthCheck
            {
                Type = HealthCheck.Types.Type.Http,
                Http = new HealthCheck.Types.HTTPCheckInfo { Port = 80, Path = "/h", Statuses = { 200 } },
                Command = new CommandInfo { Value = "true" },
                Tcp = new HealthCheck.Types.TCPCheckInfo { Port = 80 },
            },
            Check = new CheckInfo
            {
                Type = CheckInfo.Types.Type.Command,
                Command = new CheckInfo.Types.Command { Command_ = new CommandInfo { Value = "true" } },
                Http = new CheckInfo.Types.Http { Port = 80 },
                Tcp = new CheckInfo.Types.Tcp { Port = 80 },
            },
            Discovery = new DiscoveryInfo
            {
                Visibility = DiscoveryInfo.Types.Visibility.Framework,
                Ports = new Ports { Ports_ = { new Port { Number = 80, Name = "http", Labels = new Labels { Labels_ = { new Label { Key = "consul", Value = "web" } } } } } },
            },
            Container = new ContainerInfo
            {
                Type = ContainerInfo.Types.Type.Mesos,
                RlimitInfo = new RLimitInfo { Rlimits = { new RLimitInfo.Types.RLimit { Type = RLimitInfo.Types.RLimit.Types.Type.RlmtNofile, Soft = 1, Hard = 2 } } },
            },
            Labels = new Labels { Labels_ = { new Label { Key = "consul", Value = "web" }, new Label { Key = "drain", Value = "5secs" } } },
        },
    };
}
