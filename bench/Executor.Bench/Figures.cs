using System.Globalization;

namespace Executor.Bench;

/// <summary>How measured values are summed up and shown.</summary>
internal static class Figures
{
    /// <summary>One line: median, spread, and the limit where there is one. Sorts the values.</summary>
    public static void Print(string what, string unit, List<double> values, double? limit = null)
    {
        values.Sort();
        var atMost = limit is null ? "" : string.Create(CultureInfo.InvariantCulture, $" (at most {limit})");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what}: median {Median(values):F1} {unit}, {values[0]:F1} to {values[^1]:F1}{atMost}"));
    }

    /// <summary>One line as <see cref="Print"/>, with the value that 99 of 100 do not exceed.</summary>
    public static void PrintTail(string what, string unit, List<double> values, double medianLimit, double tailLimit)
    {
        values.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what}: median {Median(values):F2} {unit} (at most {medianLimit}), 99 % within {values[(values.Count - 1) * 99 / 100]:F2} (at most {tailLimit}), {values[0]:F2} to {values[^1]:F2}"));
    }

    /// <summary>Of sorted values; between the middle two where their number is even.</summary>
    public static double Median(List<double> sorted) =>
        (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
}
