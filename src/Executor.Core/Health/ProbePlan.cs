using System.Globalization;
using System.Net.Sockets;

namespace Executor.Core.Health;

/// <summary>What a check does.</summary>
public abstract record ProbePlan
{
    private ProbePlan()
    {
    }

    /// <summary>A GET.</summary>
    /// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
    /// <param name="Path">With its query; begins with a slash.</param>
    /// <param name="Statuses">Those that pass; where there are none, <paramref name="Range"/> decides.</param>
    public sealed record Http(
        string Scheme, int Port, string Path, AddressFamily Family, IReadOnlySet<int> Statuses, StatusRange Range, bool VerifyTls)
        : ProbePlan
    {
        public bool Passes(int status) => Statuses.Count > 0 ? Statuses.Contains(status) : Range.Contains(status);

        public string Accepted =>
            Statuses.Count > 0 ? string.Join(", ", Statuses.Order().Select(s => s.ToString(CultureInfo.InvariantCulture))) : Range.ToString();
    }

    /// <summary>A connection, closed at once.</summary>
    public sealed record Tcp(int Port, AddressFamily Family) : ProbePlan;

    /// <summary>A program that exits with 0 where all is well; it runs beside the task, as the task's user.</summary>
    /// <param name="Environment">Wins over the task's.</param>
    /// <param name="User">Null is the task's.</param>
    public sealed record Command(
        string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string? User) : ProbePlan;
}
