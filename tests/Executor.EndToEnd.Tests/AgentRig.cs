using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using Executor.Core.Processes;
using Executor.Libprocess;
using Google.Protobuf;
using Mesos;
using TaskStatus = Mesos.TaskStatus;

namespace Executor.EndToEnd.Tests;

/// <summary>A local agent with the published executor behind it, and what the agent told so far.</summary>
internal sealed class AgentRig : IAsyncDisposable
{
    private readonly DirectoryInfo _work = Directory.CreateTempSubdirectory("executor-e2e-");
    private readonly CancellationToken _limit;

    /// <param name="limit">Ends every wait.</param>
    public AgentRig(DriverKind driver, CancellationToken limit, Func<LocalAgentOptions, LocalAgentOptions>? change = null)
    {
        _limit = limit;
        var options = new LocalAgentOptions
        {
            WorkDirectory = _work.FullName,
            MesosVersion = driver.AgentVersion(),
            ExecutorEnvironment = driver.Settings(),
        };
        Agent = new LocalAgent(
            change?.Invoke(options) ?? options,
            new SupervisedProcessLauncher(Built.Program("task-supervisor"), TimeProvider.System),
            TimeProvider.System);
        Agent.Start();
    }

    public LocalAgent Agent { get; }

    /// <summary>An agent that finds its executors again after a restart, and gives them the time that a busy machine takes.</summary>
    public static LocalAgentOptions Checkpointing(LocalAgentOptions options) =>
        options with { Checkpoint = true, ExecutorReregistrationTimeout = TimeSpan.FromSeconds(15) };

    /// <summary>The program that the agent starts.</summary>
    public string Executor { get; init; } = Built.Program("executor");

    /// <summary>The executor's process; 0 before it was launched.</summary>
    public int ExecutorPid { get; private set; }

    public string Sandbox { get; private set; } = "";

    /// <summary>Launches a task as Marathon does: its command runs in a shell, behind the prefix.</summary>
    public void Launch(string cmd, string id = "task", double graceSeconds = 5) =>
        Agent.LaunchTask(Task(id, $"chmod ug+rx '{Executor}' && exec '{Executor}' {cmd}", graceSeconds));

    /// <summary>Launches a task whose shell text no outer shell sees, unlike Marathon's.</summary>
    public void LaunchScript(string script, double graceSeconds = 5, string id = "task") =>
        LaunchWithData(new CommandInfo { Value = script }.ToByteString(), graceSeconds, id);

    /// <summary>Launches a task whose command stands in its data.</summary>
    public void LaunchWithData(ByteString data, double graceSeconds = 5, string id = "task") =>
        Agent.LaunchTask(WithData(data, graceSeconds, id));

    /// <summary>A task whose command stands in its data.</summary>
    public TaskInfo WithData(ByteString data, double graceSeconds, string id)
    {
        var task = Task(id, $"exec '{Executor}'", graceSeconds);
        task.Data = data;
        return task;
    }

    /// <summary>Launches a task whose shell text no outer shell sees, changed as a framework might have sent it.</summary>
    /// <param name="executor">What the agent runs, with {0} for the executor's path.</param>
    public void LaunchScript(string script, Action<TaskInfo> change, string executor = "exec '{0}'")
    {
        var task = Task("task", string.Format(CultureInfo.InvariantCulture, executor, Executor), 5);
        task.Data = new CommandInfo { Value = script }.ToByteString();
        change(task);
        Agent.LaunchTask(task);
    }

    /// <summary>Lets other users reach the sandboxes; a temporary folder is its owner's only.</summary>
    [SupportedOSPlatform("linux")]
    public void LetOthersIn() => File.SetUnixFileMode(
        _work.FullName, File.GetUnixFileMode(_work.FullName) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);

    /// <summary>Launches a task that finds its command in the executor's own arguments.</summary>
    public void LaunchWithArguments(string arguments) =>
        Agent.LaunchTask(Task("task", $"exec '{Executor}' {arguments}", 5));

    /// <summary>Launches a task with a variable that overrides what the agent says.</summary>
    public void LaunchWithVariable(string name, string value) =>
        Agent.LaunchTask(Task("task", $"exec env '{name}={value}' '{Executor}' true", 5));

    /// <summary>The next status update of any task.</summary>
    public async Task<TaskStatus> NextStatusAsync() => (await NextAsync<AgentEvent.TaskUpdated>()).Status;

    public async Task<TaskStatus> NextStatusAsync(TaskState expected)
    {
        var status = await NextStatusAsync();
        Assert.That(status.State, Is.EqualTo(expected), status.Message);
        return status;
    }

    public async Task ExpectRunningAsync()
    {
        await NextStatusAsync(TaskState.TaskStarting);
        await NextStatusAsync(TaskState.TaskRunning);
    }

    /// <summary>Waits for the executor's end; every status that came before it and was not taken fails the test.</summary>
    public async Task ExpectExitAsync(int code)
    {
        while (true)
        {
            var next = await ReadAsync();
            Assert.That(next, Is.Not.InstanceOf<AgentEvent.TaskUpdated>());
            if (next is not AgentEvent.ExecutorExited exited) continue;
            Assert.That(exited.Exit?.Code, Is.EqualTo(code), await ErrorsAsync());
            return;
        }
    }

    /// <summary>Reads on until an event of this kind; what comes before it is dropped.</summary>
    public async Task<T> NextAsync<T>() where T : AgentEvent
    {
        while (true)
            if (await ReadAsync() is T wanted) return wanted;
    }

    /// <summary>Waits until a file of the sandbox holds a line, and gives its first.</summary>
    public async Task<string> LineOfAsync(string file)
    {
        var text = await ContentAsync(file, "\n");
        return text[..text.IndexOf('\n')];
    }

    /// <summary>Waits until the executor's log holds a text.</summary>
    public Task LoggedAsync(string text) => ContentAsync("stderr", text);

    /// <summary>Waits until a file of the sandbox holds a text, and gives all of it.</summary>
    public async Task<string> ContentAsync(string file, string expected)
    {
        var path = Path.Combine(Sandbox, file);
        using var changed = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(Sandbox);
        watcher.Created += (_, _) => changed.Release();
        watcher.Changed += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;
        while (true)
        {
            if (File.Exists(path) && await File.ReadAllTextAsync(path, _limit) is var text
                && text.Contains(expected, StringComparison.Ordinal))
                return text;
            await changed.WaitAsync(_limit);
        }
    }

    /// <summary>What the task has printed: all of it once the executor has left, which may be a moment after the last status.</summary>
    public Task<string> OutputAsync() => File.ReadAllTextAsync(Path.Combine(Sandbox, "stdout"), _limit);

    /// <summary>What the executor and its tasks wrote to stderr, where the agent has it in a file.</summary>
    public async Task<string> ErrorsAsync()
    {
        var file = Path.Combine(Sandbox, "stderr");
        return File.Exists(file) ? await File.ReadAllTextAsync(file, _limit) : "";
    }

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        var failed = _limit.IsCancellationRequested || TestContext.CurrentContext.Result.FailCount > 0;
        if (failed && File.Exists(Path.Combine(Sandbox, "stderr")))
            await TestContext.Out.WriteAsync(await File.ReadAllTextAsync(Path.Combine(Sandbox, "stderr"), CancellationToken.None));
        _work.Delete(recursive: true);
    }

    private static TaskInfo Task(string id, string command, double graceSeconds) => new()
    {
        Name = id,
        TaskId = new TaskID { Value = id },
        SlaveId = new SlaveID { Value = "" },
        Executor = new ExecutorInfo
        {
            ExecutorId = new ExecutorID { Value = "executor" },
            Command = new CommandInfo { Value = command },
        },
        KillPolicy = new KillPolicy
        {
            GracePeriod = new DurationInfo { Nanoseconds = (long)(graceSeconds * 1e9) },
        },
    };

    /// <summary>The next event of any kind.</summary>
    public async Task<AgentEvent> ReadAsync()
    {
        var next = await Agent.Events.ReadAsync(_limit);
        if (next is AgentEvent.ExecutorLaunched launched) (ExecutorPid, Sandbox) = (launched.Pid, launched.Sandbox);
        return next;
    }

    public static void SendSignal(int pid, int signal) => Assert.That(Posix.Kill(pid, signal), Is.Zero);

    public static bool IsAlive(int pid) =>
        File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    public static ByteString Utf8(string text) => ByteString.CopyFrom(Encoding.UTF8.GetBytes(text));
}
