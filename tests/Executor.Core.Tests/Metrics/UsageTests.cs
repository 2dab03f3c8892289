using Executor.Core.Metrics;
using Executor.Core.Ports;
using Executor.Core.Processes;
using Executor.Core.Tests.Processes;

namespace Executor.Core.Tests.Metrics;

/// <summary>What /proc and control groups tell of a task.</summary>
internal sealed class UsageTests : ProcessTests
{
    [Test]
    public async Task All_processes_of_a_task_are_counted_those_that_got_away_too()
    {
        using var output = new Output();
        await using var process = await LaunchAsync(Sh("(setsid sleep 1000 &); sleep 1000 & i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; exec 9< /dev/null; echo ready; wait"), output);
        await output.ReadLineAsync(Limit);
        var supervisor = ProcessStat.Read(process.Pid)!.Value.Parent;

        var usage = TaskTree.Read(supervisor)!.Value;

        Assert.That(usage.Threads, Is.EqualTo(3));
        Assert.That(usage.Descriptors, Is.GreaterThanOrEqualTo(3 * 3 + 1));
        Assert.That(usage.Memory, Is.GreaterThan(3 * 256 * 1024));
        Assert.That(usage.Cpu, Is.GreaterThan(TimeSpan.Zero));
    }

    [Test]
    public void Of_a_process_that_is_gone_nothing_can_be_told() => Assert.That(TaskTree.Read(int.MaxValue), Is.Null);

    [Test]
    public async Task What_a_task_has_used_is_never_less_than_before(CancellationToken cancel)
    {
        using var output = new Output();
        await using var process = await LaunchAsync(Sh("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo ready; exec sleep 1000"), output);
        await output.ReadLineAsync(Limit);
        var usage = new TaskUsage(ProcessStat.Read(process.Pid)!.Value.Parent);
        usage.Look();
        var before = usage.Cpu;

        process.Signal(Signals.Kill);
        await process.TreeEmpty;
        usage.Look();
        usage.End(new ResourceUsage(TimeSpan.Zero, TimeSpan.FromTicks(1), 4096));

        Assert.That(before, Is.GreaterThan(TimeSpan.Zero));
        Assert.That((usage.Cpu, usage.Peak, usage.Now), Is.EqualTo((before, 4096L, (TreeUsage?)null)));
    }

    [Test]
    public void A_task_that_was_never_looked_at_is_told_at_its_end()
    {
        var usage = new TaskUsage(supervisor: null);
        usage.Look();
        usage.End(new ResourceUsage(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), 4096));

        Assert.That((usage.Cpu, usage.Peak), Is.EqualTo((TimeSpan.FromSeconds(3), 4096L)));
    }

    [TestCase("cpu,cpuacct", "cpu,cpuacct")]
    [TestCase("cpuacct,cpu", "cpuacct")] // CentOS 7: the folder is cpu,cpuacct, and there are links
    public void A_control_group_of_version_1_has_a_folder_for_each_controller(string controllers, string folder)
    {
        using var root = new TemporaryRoot(("memory/mesos/c1/memory.usage_in_bytes", "4096\n"), ($"{folder}/mesos/c1/cpuacct.usage", "2500000000\n"));

        var usage = new ContainerUsage(["4:memory:/mesos/c1", $"3:{controllers}:/mesos/c1", "0::/"], root.Path);

        Assert.That((usage.Memory, usage.Cpu), Is.EqualTo((4096L, 2.5)));
    }

    [Test]
    public void A_control_group_of_version_2_is_one_folder()
    {
        using var root = new TemporaryRoot(("mesos/c1/memory.current", "4096\n"), ("mesos/c1/cpu.stat", "usage_usec 2500000\nuser_usec 1\n"));

        var usage = new ContainerUsage(["0::/mesos/c1"], root.Path);

        Assert.That((usage.Memory, usage.Cpu), Is.EqualTo((4096L, 2.5)));
    }

    [TestCase("4:memory:/")]
    [TestCase("0::/elsewhere")]
    [TestCase("garbage")]
    public void Without_a_group_of_its_own_there_is_nothing_to_tell(string group)
    {
        using var root = new TemporaryRoot(("memory/memory.usage_in_bytes", "4096\n"));

        var usage = new ContainerUsage([group], root.Path);

        Assert.That((usage.Memory, usage.Cpu), Is.EqualTo(((long?)null, (double?)null)));
    }

    private sealed class TemporaryRoot : IDisposable
    {
        public TemporaryRoot(params (string Path, string Text)[] files)
        {
            foreach (var (path, text) in files)
            {
                var file = System.IO.Path.Combine(Path, path);
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
                File.WriteAllText(file, text);
            }
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("executor-cgroup-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
