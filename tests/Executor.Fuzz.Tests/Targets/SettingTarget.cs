using System.Text;
using Executor.Control.CommandLine;
using Executor.Core;
using Executor.Core.Configuration;
using Executor.Core.Ports;
using Executor.Fuzz.Tests.Engine;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>
/// Values of variables: durations, sizes, addresses, every setting and what an agent sets. What can be written is read as
/// the same again.
/// </summary>
internal sealed class SettingTarget : FuzzTarget
{
    private static readonly string[] AgentVariables =
    [
        "MESOS_SLAVE_PID", "MESOS_RECOVERY_TIMEOUT", "MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", "LIBPROCESS_IP", "LIBPROCESS_PORT", "LIBPROCESS_ADVERTISE_IP",
        "LIBPROCESS_ADVERTISE_PORT", "MESOS_CHECKPOINT",
    ];

    private readonly Dictionary<string, string> _agent = new()
    {
        ["MESOS_SLAVE_PID"] = "slave(1)@127.0.0.1:5051",
        ["MESOS_SLAVE_ID"] = "S",
        ["MESOS_FRAMEWORK_ID"] = "F",
        ["MESOS_EXECUTOR_ID"] = "E",
        ["MESOS_DIRECTORY"] = "/",
    };

    public override IEnumerable<byte[]> Seeds => new[]
    {
        "5secs", "1.5mins", "292weeks", "100MiB", "8GiB", "slave(1)@127.0.0.1:5051", "a@[::1]:1", "host:80,[::1]:443", "nofile=1024:4096,core=unlimited", "unix:/run/h.sock,tcp:h:1",
        "https://h/p?q", "vault+https://h/secret/{app}", "200-399,404", "022", "500ms", "1h", "exec:/bin/true a", "name=other,host=x", "true", "auto", "10.0.0.1", "fe80::1%1",
    }.Concat(AllSettings.Table.Select(setting => setting.Default)).Where(text => text.Length > 0).Distinct().Select(Bytes);

    public override IReadOnlyList<string> Words =>
        ["ns", "us", "ms", "secs", "mins", "hrs", "days", "weeks", "B", "KiB", "MiB", "GiB", "s", "m", "h", "unlimited", "nofile", "[::1]", "https://", "{task}", "%", "@", "999999999999999999999"];

    public override void Check(ReadOnlyMemory<byte> input)
    {
        var text = Encoding.UTF8.GetString(input.Span);
        CheckDurations(text);
        if (ByteSize.TryParse(text, out var size))
            AssertThat(size >= 0 && ByteSize.TryParse(ByteSize.Format(size), out var same) && same == size, $"{size} bytes are written as {ByteSize.Format(size)}");
        if (Upid.TryParse(text, out var upid)) AssertThat(upid.ToString() == text, $"the PID is written as {upid}");
        if (HostAndPort.TryParse(text, out var host)) AssertThat(HostAndPort.TryParse(host.ToString(), out var same) && same == host, $"{host} is not read again");
        if (ResourceLimit.TryParse(text, out var limits, out var wrong))
            AssertThat(ResourceLimit.TryParse(string.Join(',', limits), out var same, out _) && same.SequenceEqual(limits), "limits are not read again");
        else AssertThat(wrong.Length > 0, "wrong limits have no error");

        if (text.Length == 0) return;
        foreach (var setting in AllSettings.Table)
        {
            if (!AllSettings.TryRead(new Dictionary<string, string> { [setting.Name] = text }, out _, out var error))
                AssertThat(error.StartsWith(setting.Name, StringComparison.Ordinal), $"the error does not name {setting.Name}: {error}");
        }

        foreach (var variable in AgentVariables) CheckAgent(variable, text);
    }

    private static void CheckDurations(string text)
    {
        if (Durations.TryParse(text, out var duration)) AssertThat(duration >= TimeSpan.Zero, $"a duration is {duration}");
        if (!MesosDuration.TryParse(text, out duration)) return;
        AssertThat(duration >= TimeSpan.Zero, $"a duration is {duration}");
        var written = MesosDuration.Format(duration);
        // A double holds 53 bits of the ticks.
        AssertThat(
            MesosDuration.TryParse(written, out var again) && Math.Abs(again.Ticks - duration.Ticks) <= duration.Ticks >> 50,
            $"{duration} is written as {written}, which is {again}");
    }

    private void CheckAgent(string variable, string text)
    {
        var environment = new Dictionary<string, string>(_agent) { [variable] = text };
        try
        {
            AgentEnvironment.Read(environment);
        }
        catch (DriverException e)
        {
            AssertThat(e.Message.StartsWith(variable, StringComparison.Ordinal), $"the error does not name {variable}: {e.Message}");
        }
    }
}
