using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Executor.Core.Metrics;
using Microsoft.Extensions.Time.Testing;
using static Executor.Core.Tests.Metrics.MetricsRig;

namespace Executor.Core.Tests.Metrics;

/// <summary>What each sink makes of the same metrics.</summary>
[CancelAfter(30_000)]
public sealed class SinkTests
{
    [Test]
    public async Task Graphite_gets_a_line_for_each_number(CancellationToken cancel)
    {
        using var listener = Tcp();
        using var sink = new GraphiteSink(Address(listener), "site.executor", Origin, new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000)));

        var received = ReadAsync(listener, cancel);
        await sink.SendAsync(All, cancel);

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

        await sink.SendAsync(All, cancel);

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

        await sink.SendAsync(many, cancel);

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
    public async Task Prometheus_gets_a_file_in_one_piece_that_goes_with_the_executor(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("executor-metrics-");
        var sink = new PrometheusFile(folder.FullName, "executor", Origin);

        await sink.SendAsync(All, cancel);
        await sink.SendAsync(All, cancel);

        const string labels = "framework=\"marathon\",executor=\"shop_cart.1\"";
        var file = folder.GetFiles().Single();
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

        sink.Dispose();
        Assert.That(folder.GetFiles(), Is.Empty);
        folder.Delete();
    }

    private static async Task<string> DatagramAsync(Socket server, CancellationToken cancel)
    {
        var buffer = new byte[65_536];
        return Encoding.ASCII.GetString(buffer, 0, await server.ReceiveAsync(buffer, cancel));
    }
}
