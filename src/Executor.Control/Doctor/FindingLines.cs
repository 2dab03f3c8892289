using Executor.Core;
using static Executor.Control.Output.Ansi;

namespace Executor.Control.Doctor;

/// <summary>Writes findings for people: a line each, and a second one where something is to be done.</summary>
/// <param name="colour">Whether the writer is a terminal that takes ANSI colours.</param>
internal sealed class FindingLines(TextWriter output, bool colour)
{
    private const int VerdictWidth = 9;
    private static readonly int CheckWidth = AllSettings.Table.Max(setting => setting.Name.Length);

    public void Write(Finding finding)
    {
        var code = finding.Verdict switch
        {
            Verdict.Ok => Green,
            Verdict.Warning => Yellow,
            _ => Red,
        };
        var word = Paint(code, finding.Word.PadRight(VerdictWidth));
        output.Write($"{word}{Printable(finding.Check).PadRight(CheckWidth)}  {Printable(finding.Found)}\n");
        if (finding.Advice is { } advice)
            output.Write($"{new string(' ', VerdictWidth + CheckWidth)}  {Paint(Bold, advice)}\n");
        // What comes next may take its time.
        output.Flush();
    }

    /// <summary>Names and values of the environment may hold anything.</summary>
    private static string Printable(string text) =>
        string.Concat(text.Select(character => char.IsControl(character) ? '\uFFFD' : character));

    private string Paint(string code, string text) => colour ? code + text + Reset : text;
}
