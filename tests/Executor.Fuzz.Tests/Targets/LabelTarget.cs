using System.Text;
using Executor.Fuzz.Tests.Engine;
using Mesos;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>Labels, one of each line; of the task and of its only port.</summary>
internal sealed class LabelTarget : FuzzTarget
{
    private static readonly string[] Examples =
    [
        "consul=web\ntag1=tag\npublic=tag:x\ncanary=true\nweight:50=tag",
        "consul=web,other\nweight:80=tag", "consul=true", "consul={port:http}", "director=d\nweight:10=tag\ncanary=tag", "haproxy=backend/slot:http\nhaproxy-withdraw=maint",
        "frontend-sync:main=tag", "drain=5secs", "max-completion-time=90mins", "warm-up=/a http://:PORT0/b\nwarm-up-count=3\nwarm-up-concurrency=2\nwarm-up-limit=1mins",
        "http-stop=/stop", "stop=/stop", "health-check-path=/h\nhealth-http-status=200-399,401\nhealth-tls-verify=false\nmin-consecutive-successes=2",
        """health-check={"protocol":"HTTPS","path":"/h","portIndex":0,"intervalSeconds":1.5,"timeoutSeconds":1,"gracePeriodSeconds":3,"maxConsecutiveFailures":3,"ipProtocol":"IPv6"}""",
        """health-check={"protocol":"COMMAND","command":{"value":"true"}}""",
        "log-scraping=logfmt\nlog-mode=both\nlog-rate-limit=10\nlog-line-size=64KiB\nlog-strip-ansi=true\nlog-ignore-keys=a,b\nlog-multiline=^[0-9]{4}",
        "hook-before-start=exec:/bin/true a b\nhook-after-exit=http://:PORT0/x\nhook-announce=https://localhost:8080/y",
        "config=true\nconfig-override=true\nvalidate-certificate=true",
    ];

    /// <summary>All of their pieces.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. Examples.SelectMany(example => example.Split(['\n', '=', ' ', ','])).Concat(Examples.SelectMany(example => example.Split('\n'))).Distinct()];

    public override IEnumerable<byte[]> Seeds => Examples.Select(Bytes);

    public override IReadOnlyList<string> Words => All;

    public override void Check(ReadOnlyMemory<byte> input)
    {
        var labels = new Labels();
        foreach (var line in Encoding.UTF8.GetString(input.Span).Split('\n'))
        {
            var parts = line.Split('=', 2);
            labels.Labels_.Add(new Label { Key = parts[0], Value = parts[^1] });
        }

        TaskAcceptance.Check(new TaskInfo
        {
            Name = "n",
            TaskId = new TaskID { Value = "t" },
            SlaveId = new SlaveID { Value = "s" },
            Labels = labels,
            Discovery = new DiscoveryInfo { Ports = new Ports { Ports_ = { new Port { Number = 80, Name = "http", Labels = labels } } } },
        });
    }
}
