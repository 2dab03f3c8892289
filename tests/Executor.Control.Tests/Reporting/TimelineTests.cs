using Executor.Control.Reporting;

namespace Executor.Control.Tests.Reporting;

public class TimelineTests
{
    private static string Written(bool colour, params RunEvent[] events)
    {
        using var output = new StringWriter();
        var timeline = new Timeline(output, colour);
        foreach (var happened in events) timeline.Report(happened);
        return output.ToString();
    }

    [Test]
    public void A_status_shows_when_who_what_and_why() =>
        Assert.That(
            Written(colour: false, new RunEvent("status")
            {
                Elapsed = TimeSpan.FromMilliseconds(1234),
                Instance = "web.1",
                State = "TASK_RUNNING",
                Healthy = false,
                Message = "HTTP 503",
                Reason = "REASON_TASK_HEALTH_CHECK_STATUS_UPDATED",
            }),
            Is.EqualTo("   1.234s  web.1  RUNNING unhealthy  HTTP 503  (REASON_TASK_HEALTH_CHECK_STATUS_UPDATED)\n"));

    [Test]
    public void Output_stands_behind_its_instances_name_and_names_are_aligned() =>
        Assert.That(
            Written(
                colour: false,
                new RunEvent("launch") { Instance = "web.10", Ports = [31000], Sandbox = "/s" },
                new RunEvent("output") { Instance = "web.2", Stream = "stdout", Line = "hello" }),
            Is.EqualTo("   0.000s  web.10  launch port 31000 sandbox /s\nweb.2  | hello\n"));

    [Test]
    public void Plain_lines_hold_no_control_characters() =>
        Assert.That(
            Written(colour: false, new RunEvent("output") { Instance = "a.1", Line = "\e[1mbold\a\tend" }),
            Is.EqualTo("a.1 | \uFFFD[1mbold\uFFFD\tend\n"));

    [Test]
    public void On_a_terminal_a_tasks_colours_stay_and_end_with_its_line() =>
        Assert.That(
            Written(colour: true, new RunEvent("output") { Instance = "a.1", Line = "\e[31mred\b" }),
            Does.EndWith(" \e[31mred\uFFFD\e[0m\n"));

    [Test]
    public void A_failure_is_red_on_a_terminal() =>
        Assert.That(
            Written(colour: true, new RunEvent("status") { Instance = "a.1", State = "TASK_FAILED" }),
            Does.Contain("\e[31mFAILED\e[0m"));
}
