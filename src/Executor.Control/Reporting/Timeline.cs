using System.Globalization;
using System.Text;
using static Executor.Control.Output.Ansi;

namespace Executor.Control.Reporting;

/// <summary>
/// Writes events for people: a line for each change with the time since the start, and the tasks' output between them,
/// each line with its instance's name in front.
/// </summary>
/// <param name="colour">Whether the writer is a terminal that takes ANSI colours.</param>
internal sealed class Timeline(TextWriter output, bool colour) : IReporter
{
    /// <summary>One colour for each instance, in turn: those that neither warn nor praise.</summary>
    private static readonly string[] InstanceColours = ["\e[36m", "\e[35m", "\e[34m", "\e[96m", "\e[95m", "\e[94m"];

    private readonly Lock _gate = new();
    private readonly List<string> _instances = [];
    private int _width;

    public void Report(RunEvent happened)
    {
        lock (_gate)
        {
            output.Write(happened.Line is { } line ? OutputLine(happened, line) : EventLine(happened));
            output.Write('\n');
            output.Flush();
        }
    }

    private string OutputLine(RunEvent happened, string line)
    {
        var separator = happened.Stream == "stderr" ? Paint(Red, "|") : Paint(Dim, "|");
        // A colour that the task left on must not run into the next line.
        var end = colour && line.Contains('\e', StringComparison.Ordinal) ? Reset : "";
        return $"{Name(happened.Instance)} {separator} {Printable(line)}{end}";
    }

    private string EventLine(RunEvent happened)
    {
        var time = string.Create(CultureInfo.InvariantCulture, $"{happened.Elapsed.TotalSeconds,8:0.000}s");
        var parts = new StringBuilder(Paint(Dim, time)).Append("  ").Append(Name(happened.Instance)).Append("  ");
        parts.Append(happened.State is { } state ? Paint(StateColour(state), ShortState(state)) : happened.Event);
        if (happened.Healthy is { } healthy)
            parts.Append(' ').Append(healthy ? Paint(Green, "healthy") : Paint(Red, "unhealthy"));
        if (happened.Ports is { Count: > 0 } ports)
            parts.Append(ports.Count == 1 ? " port " : " ports ").AppendJoin(", ", ports);
        if (happened.Sandbox is { } sandbox) parts.Append(" sandbox ").Append(sandbox);
        if (happened.Code is { } code) parts.Append(CultureInfo.InvariantCulture, $" code {code}");
        if (happened.Signal is { } signal) parts.Append(CultureInfo.InvariantCulture, $" signal {signal}");
        if (happened.Message is { Length: > 0 } message) parts.Append("  ").Append(Printable(message));
        if (happened.Reason is { } reason) parts.Append("  ").Append(Paint(Dim, $"({reason})"));
        return parts.ToString();
    }

    private string Name(string? instance)
    {
        if (instance is null) return new string(' ', _width);
        var index = _instances.IndexOf(instance);
        if (index < 0)
        {
            index = _instances.Count;
            _instances.Add(instance);
            _width = Math.Max(_width, instance.Length);
        }

        return Paint(InstanceColours[index % InstanceColours.Length], instance.PadRight(_width));
    }

    private static string ShortState(string state) =>
        state.StartsWith("TASK_", StringComparison.Ordinal) ? state[5..] : state;

    private static string StateColour(string state) => state switch
    {
        "TASK_RUNNING" or "TASK_FINISHED" => Green,
        "TASK_STAGING" or "TASK_STARTING" => Bold,
        "TASK_KILLING" or "TASK_KILLED" => Yellow,
        _ => Red,
    };

    private string Paint(string code, string text) => colour ? code + text + Reset : text;

    /// <summary>
    /// A task may print anything: control characters that would move the cursor or ring the bell are shown as
    /// replacements. Escape sequences stay on a terminal, where programs mean their colours.
    /// </summary>
    private string Printable(string text)
    {
        if (!text.Any(IsHidden)) return text;
        return string.Create(text.Length, (text, this), static (span, state) =>
        {
            for (var index = 0; index < span.Length; index++)
                span[index] = state.Item2.IsHidden(state.text[index]) ? '\uFFFD' : state.text[index];
        });
    }

    private bool IsHidden(char character) =>
        char.IsControl(character) && character != '\t' && !(colour && character == '\e');
}
