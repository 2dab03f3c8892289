using System.Runtime.InteropServices;
using System.Threading.Channels;
using Executor.Core.Configuration;
using Executor.Core.Ports;
using Executor.Libprocess.Wire;
using Google.Protobuf;
using Mesos;
using Mesos.Internal;

namespace Executor.Interop.Tests;

/// <summary>
/// The driver in this process, which may have one only: what its end-to-end tests cannot reach. Those drive everything
/// else through the published executor.
/// </summary>
[CancelAfter(20_000)]
public sealed partial class LibmesosDriverTests
{
    [Test]
    public async Task An_exception_in_a_callback_fails_the_driver_and_the_last_update_still_goes_out(CancellationToken limit)
    {
        var messages = Channel.CreateUnbounded<LibprocessMessage>();
        await using var agent = new LibprocessNode("slave(1)", new LibprocessOptions());
        agent.Start(happened =>
        {
            if (happened is LibprocessEvent.Received received) messages.Writer.TryWrite(received.Message);
        });
        var environment = Environment(agent.Self);
        var events = Channel.CreateUnbounded<DriverEvent>();
        await using (var driver = new LibmesosDriver(
            LibmesosLibrary.Open(StandIn.Path), environment, TimeProvider.System))
        {
            driver.Start(happened => events.Writer.TryWrite(
                happened is DriverEvent.LaunchTask ? throw new InvalidOperationException("no room") : happened));
            var executor = (await messages.Reader.ReadAsync(limit)).From;
            Send(new ExecutorRegisteredMessage
            {
                ExecutorInfo = new ExecutorInfo { ExecutorId = new ExecutorID { Value = "E" } },
                FrameworkId = new FrameworkID { Value = "F" },
                FrameworkInfo = new FrameworkInfo { User = "u", Name = "f" },
                SlaveId = new SlaveID { Value = "A" },
                SlaveInfo = new SlaveInfo { Hostname = "h" },
            });
            Assert.That(await events.Reader.ReadAsync(limit), Is.InstanceOf<DriverEvent.Registered>());

            RunTask("first");
            RunTask("second");

            var error = await events.Reader.ReadAsync(limit);
            Assert.That((error as DriverEvent.Error)?.Message, Does.Contain("no room"));
            driver.SendStatusUpdate(new Mesos.TaskStatus
            {
                TaskId = new TaskID { Value = "first" },
                State = TaskState.TaskFailed,
            }.ToByteArray());
            var update = StatusUpdateMessage.Parser.ParseFrom((await messages.Reader.ReadAsync(limit)).Body.Span);
            Assert.That(update.Update.Status.State, Is.EqualTo(TaskState.TaskFailed));

            void Send(IMessage message) => agent.Send(executor, message.Descriptor.FullName, message.ToByteArray());

            void RunTask(string id) => Send(new RunTaskMessage
            {
                FrameworkId = new FrameworkID { Value = "F" },
                Framework = new FrameworkInfo { User = "u", Name = "f" },
                Pid = "",
                Task = new TaskInfo
                {
                    Name = id,
                    TaskId = new TaskID { Value = id },
                    SlaveId = new SlaveID { Value = "A" },
                },
            });
        }

        Assert.That(events.Reader.TryRead(out _), Is.False, "after a failure no event comes");
    }

    /// <summary>libmesos reads the C library's environment, which .NET's own copy never reaches.</summary>
    private static AgentEnvironment Environment(Upid agent)
    {
        var variables = new Dictionary<string, string>
        {
            ["LIBPROCESS_IP"] = "127.0.0.1",
            ["MESOS_SLAVE_PID"] = agent.ToString(),
            ["MESOS_SLAVE_ID"] = "A",
            ["MESOS_FRAMEWORK_ID"] = "F",
            ["MESOS_EXECUTOR_ID"] = "E",
            ["MESOS_DIRECTORY"] = "/",
        };
        foreach (var (name, value) in variables) Assert.That(SetVariable(name, value, 1), Is.Zero);
        return AgentEnvironment.Read(variables);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
