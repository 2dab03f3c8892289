using System.Globalization;
using System.Text;

namespace Executor.Bench.Compare;

/// <summary>The results as Markdown.</summary>
internal sealed class CompareReport(IReadOnlyList<Contender> contenders)
{
    private readonly StringBuilder _text = new();

    public void AddHead(IEnumerable<string> machine, DateTimeOffset day)
    {
        _text.AppendLine("# Executors side by side").AppendLine();
        _text.AppendLine(CultureInfo.InvariantCulture, $"Written by `./build.sh bench compare` on {day:yyyy-MM-dd}. Every figure is the median of its runs, with the least and the most of them.")
            .AppendLine("The executors run under the local agent of `executorctl run`, one after the other in every run, so that noise meets all")
            .AppendLine("alike. Each was started once before, so that its program comes from memory and not from disk.");
        _text.AppendLine().AppendLine("## The machine").AppendLine();
        foreach (var line in machine) _text.AppendLine(CultureInfo.InvariantCulture, $"- {line}");
        _text.AppendLine().AppendLine("## The executors").AppendLine();
        foreach (var contender in contenders) _text.AppendLine(CultureInfo.InvariantCulture, $"- **{contender.Name}**: {contender.What}");
        _text.AppendLine().AppendLine("Memory, wake-ups and processor time are those of an executor and everything that it started, supervisors included, without the task.");
    }

    /// <param name="values">By contender, as in the constructor, then by figure: those of all runs; none where it does no such thing.</param>
    public void Add(Part part, IReadOnlyList<List<double>[]> values)
    {
        _text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {part.Title}").AppendLine();
        _text.AppendLine(CultureInfo.InvariantCulture, $"Runs of each: {part.Runs}. {part.Method}").AppendLine();
        _text.AppendLine(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", contenders.Select(contender => contender.Name))} |");
        _text.AppendLine(CultureInfo.InvariantCulture, $"|---|{string.Concat(contenders.Select(_ => "---:|"))}");
        for (var figure = 0; figure < part.Figures.Count; figure++)
            _text.AppendLine(CultureInfo.InvariantCulture, $"| {part.Figures[figure]} | {string.Join(" | ", values.Select(one => Cell(one[figure], part.Runs)))} |");
    }

    public override string ToString() => _text.ToString();

    private static string Cell(List<double> values, int runs)
    {
        if (values.Count == 0) return "none";
        values.Sort();
        var some = values.Count == runs ? "" : $", {values.Count} runs";
        return $"{Number(Figures.Median(values))} ({Number(values[0])} to {Number(values[^1])}{some})";
    }

    private static string Number(double value) => value.ToString(value < 100 ? "0.#" : "0", CultureInfo.InvariantCulture);
}
