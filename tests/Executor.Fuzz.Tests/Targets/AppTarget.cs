using Executor.Control;
using Executor.Control.Marathon;
using Executor.Fuzz.Tests.Engine;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>A Marathon app definition: it becomes a task, or one line says what is wrong with it.</summary>
internal sealed class AppTarget : FuzzTarget
{
    private static readonly FakeTimeProvider Time = new();

    public override IEnumerable<byte[]> Seeds => Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "apps")).Select(File.ReadAllBytes).Append(Bytes(
        """
        {"id":"/a/b.c","cmd":"x","user":"u","disk":1,"gpus":0,"version":"v","ports":[0,80],"requirePorts":false,"uris":["a.tgz"],"labels":{"a":""},
        "executorResources":{"cpus":0.1,"mem":32},"env":{"S":{"secret":"s"}},"healthChecks":[{"protocol":"COMMAND","command":{"value":"true"}},
        {"protocol":"MESOS_TCP","port":80,"ipProtocol":"IPv6","ignoreHttp1xx":true}]}
        """));

    public override IReadOnlyList<string> Words =>
    [
        .. AppFields.App.Concat(AppFields.HealthCheck).Concat(AppFields.PortDefinition).Concat(AppFields.Artifact).Select(name => $"\"{name}\":"),
        "MESOS_HTTP", "MESOS_TCP", "COMMAND", "udp,tcp", "\"\\ud800\"", "\"\\ud800\":1,", "{\"a\":", "[0]", "\"a\\n\\r\":",
    ];

    public override void Check(ReadOnlyMemory<byte> input)
    {
        try
        {
            var app = AppReader.Read(input, Time);
            var id = TaskBuilder.TaskId(app, Guid.Empty);
            _ = new TaskBuilder(app, "/opt/executor", "host").Build(id, [.. app.Ports.Select(port => port.Port)]).ToByteArray();
        }
        catch (UsageException e)
        {
            AssertOneLine(e.Message);
            AssertThat(e.Message.Contains("accepted: ", StringComparison.Ordinal), $"not said what is accepted: {e.Message}");
        }
    }
}
