using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.RegularExpressions;
using Executor.Core.Metrics;
using Executor.Core.Tests.Processes;
using Microsoft.Extensions.Time.Testing;
using static Executor.Core.Tests.Metrics.MetricsRig;

namespace Executor.Core.Tests.Metrics;

/// <summary>What each sink makes of the same metrics.</summary>
[CancelAfter(30_000)]
[SupportedOSPlatform("linux")]
public sealed class SinkTests
{
    [Test]
    public async Task Graphite_gets_a_line_for_each_number(CancellationToken cancel)
    {
        using var listener = Tcp();
        using var sink = new GraphiteSink(Address(listener), "site.executor", Origin, new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000)));

        var received = ReadAsync(listener, cancel);
        await sink.SendAsync(All, isLast: false, cancel);

        const string start = "site.executor.agent-1_example_org.shop_cart_1";
        Assert.That(await received, Is.EqualTo($"""
            {start}.task.ends.shop_cart_1.TASK_FAILED 3 1800000000
            {start}.task.escalations 3 1800000000
            {start}.process.memory 1048576.5 1800000000
            {start}.hook.duration.a__b__c_d_e_f_g_h.count 2 1800000000
            {start}.hook.duration.a__b__c_d_e_f_g_h.sum 0.75 1800000000
            {start}.hook.duration.a__b__c_d_e_f_g_h.max 0.5 1800000000

            """));
    }

    [Test]
    public async Task Statsd_gets_what_has_changed_and_each_timing(CancellationToken cancel)
    {
        using var server = Udp();
        using var sink = new StatsdSink(Address(server), "executor", Origin);

        await sink.SendAsync(All, isLast: false, cancel);

        const string tags = "host:agent-1.example.org,framework:marathon,executor:shop_cart.1";
        Assert.That(await DatagramAsync(server, cancel), Is.EqualTo($"""
            executor.task.ends:2|c|#task:shop_cart.1,state:TASK_FAILED,{tags}
            executor.process.memory:1048576.5|g|#{tags}
            executor.hook.duration:250|ms|#hook:a_"b"\c_d_e_f_g_h,{tags}
            executor.hook.duration:500|ms|#hook:a_"b"\c_d_e_f_g_h,{tags}
            """));
    }

    [Test]
    public async Task Statsd_gets_datagrams_that_pass_an_Ethernet_and_break_no_line(CancellationToken cancel)
    {
        using var server = Udp();
        using var sink = new StatsdSink(Address(server), "executor", Origin);
        var many = Enumerable.Range(0, 200).Select(i => All[0] with { Growth = i + 1 }).ToArray();

        await sink.SendAsync(many, isLast: false, cancel);

        var lines = new List<string>();
        while (lines.Count < many.Length)
        {
            var datagram = await DatagramAsync(server, cancel);
            Assert.That(datagram.Length, Is.LessThanOrEqualTo(1432));
            lines.AddRange(datagram.Split('\n'));
        }

        Assert.That(lines.Select(line => Regex.Match(line, @"^executor\.task\.ends:(\d+)\|c\|#[^|]+$").Groups[1].Value),
            Is.EqualTo(Enumerable.Range(1, 200).Select(i => $"{i}")));
    }

    [Test]
    public async Task Prometheus_gets_a_file_in_one_piece(CancellationToken cancel)
    {
        using var folder = new Folder();
        using var sink = Prometheus(folder);

        await sink.SendAsync(All, isLast: false, cancel);
        await sink.SendAsync(All, isLast: false, cancel);

        const string labels = "framework=\"marathon\",executor=\"shop_cart.1\"";
        var file = new DirectoryInfo(folder.Path).GetFiles().Single();
        Assert.That(file.Name, Is.EqualTo("executor-marathon-shop_cart.1.prom"));
        Assert.That(await File.ReadAllTextAsync(file.FullName, cancel), Is.EqualTo($$"""
            # HELP executor_task_ends_total Tasks that are over
            # TYPE executor_task_ends_total counter
            executor_task_ends_total{task="shop_cart.1",state="TASK_FAILED",{{labels}}} 3
            # HELP executor_task_escalations_total Tasks that got SIGKILL
            # TYPE executor_task_escalations_total counter
            executor_task_escalations_total{{{labels}}} 3
            # HELP executor_process_memory_bytes Memory
            # TYPE executor_process_memory_bytes gauge
            executor_process_memory_bytes{{{labels}}} 1048576.5
            # HELP executor_hook_duration_seconds Hooks
            # TYPE executor_hook_duration_seconds summary
            executor_hook_duration_seconds_count{hook="a \"b\"\\c|d,e#f:g\nh",{{labels}}} 2
            executor_hook_duration_seconds_sum{hook="a \"b\"\\c|d,e#f:g\nh",{{labels}}} 0.75

            """));
        Assert.That(File.GetUnixFileMode(file.FullName), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead));
    }

    [Test]
    public async Task The_last_file_stays_without_what_was_true_only_while_the_executor_ran(CancellationToken cancel)
    {
        using var folder = new Folder();
        using (var sink = Prometheus(folder)) await sink.SendAsync(All, isLast: true, cancel);

        var text = await File.ReadAllTextAsync(Directory.GetFiles(folder.Path).Single(), cancel);
        Assert.That(text, Does.Contain("executor_task_ends_total{").And.Contain("executor_hook_duration_seconds_sum{").And.Not.Contain("executor_process_memory"));
    }

    [Test]
    public async Task Files_that_nobody_writes_any_more_are_removed_after_a_while(CancellationToken cancel)
    {
        using var folder = new Folder();
        foreach (var name in new[] { "executor-marathon-old.prom", "executor-marathon-fresh.prom", "others.prom" }) await File.WriteAllTextAsync(folder.File(name), "", cancel);
        foreach (var name in new[] { "executor-marathon-old.prom", "others.prom" }) File.SetLastWriteTimeUtc(folder.File(name), DateTime.UtcNow - PrometheusFile.Kept - TimeSpan.FromSeconds(1));

        using var sink = Prometheus(folder);
        await sink.SendAsync(All, isLast: false, cancel);

        Assert.That(
            Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal),
            Is.EqualTo(["executor-marathon-fresh.prom", "executor-marathon-shop_cart.1.prom", "others.prom"]));
    }

    [Test]
    public async Task An_executor_with_a_very_long_name_has_a_file_of_its_own(CancellationToken cancel)
    {
        using var folder = new Folder();
        foreach (var last in "12")
        {
            using var sink = new PrometheusFile(folder.Path, "executor", Origin with { Executor = new string('a', 300) + last }, TimeProvider.System);
            await sink.SendAsync(All, isLast: false, cancel);
        }

        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(2));
    }

    [Test]
    public void Nothing_is_left_of_a_file_that_cannot_be_written(CancellationToken cancel)
    {
        using var folder = new Folder();
        Directory.CreateDirectory(folder.File("executor-marathon-shop_cart.1.prom"));
        using var sink = Prometheus(folder);

        Assert.That(() => sink.SendAsync(All, isLast: false, cancel), Throws.InstanceOf<IOException>().Or.InstanceOf<UnauthorizedAccessException>());
        Assert.That(Directory.GetFiles(folder.Path), Is.Empty);
    }

    private static PrometheusFile Prometheus(Folder folder) => new(folder.Path, "executor", Origin, TimeProvider.System);


    private static async Task<string> DatagramAsync(Socket server, CancellationToken cancel)
    {
        var buffer = new byte[65_536];
        return Encoding.ASCII.GetString(buffer, 0, await server.ReceiveAsync(buffer, cancel));
    }
}
