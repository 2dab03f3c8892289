using System.Text;
using Executor.Control.Reporting;

namespace Executor.Control.Tests.Reporting;

public class JsonLinesTests
{
    private static string Written(params RunEvent[] events)
    {
        using var output = new MemoryStream();
        var json = new JsonLines(output);
        foreach (var happened in events) json.Report(happened);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    [Test]
    public void A_launch_carries_ports_and_sandbox() =>
        Assert.That(
            Written(new RunEvent("launch") { Task = "a.1", Instance = "a.1", Ports = [31000, 31001], Sandbox = "/s" }),
            Is.EqualTo("""{"ms":0,"event":"launch","task":"a.1","instance":"a.1","ports":[31000,31001],"sandbox":"/s"}""" + "\n"));

    [Test]
    public void A_status_carries_what_it_has_and_nothing_else() =>
        Assert.That(
            Written(
                new RunEvent("status") { Elapsed = TimeSpan.FromMilliseconds(1234.9), Task = "a.1", State = "TASK_STARTING" },
                new RunEvent("status")
                {
                    Task = "a.1",
                    State = "TASK_FAILED",
                    Healthy = false,
                    Reason = "REASON_EXECUTOR_TERMINATED",
                    Message = "a \"b\"",
                }),
            Is.EqualTo("""
                {"ms":1234,"event":"status","task":"a.1","state":"TASK_STARTING"}
                {"ms":0,"event":"status","task":"a.1","state":"TASK_FAILED","healthy":false,"reason":"REASON_EXECUTOR_TERMINATED","message":"a \"b\""}

                """.ReplaceLineEndings("\n")));

    [Test]
    public void Output_carries_stream_and_line_with_control_characters_escaped() =>
        Assert.That(
            Written(new RunEvent("output") { Task = "a.1", Stream = "stderr", Line = "żółw\0\e[1m" }),
            Is.EqualTo("""{"ms":0,"event":"output","task":"a.1","stream":"stderr","line":"żółw\u0000\u001B[1m"}""" + "\n"));

    [Test]
    public void An_exit_carries_a_code_or_a_signal() =>
        Assert.That(
            Written(new RunEvent("exit") { Code = 0 }, new RunEvent("exit") { Signal = 9 }),
            Is.EqualTo("{\"ms\":0,\"event\":\"exit\",\"code\":0}\n{\"ms\":0,\"event\":\"exit\",\"signal\":9}\n"));
}
