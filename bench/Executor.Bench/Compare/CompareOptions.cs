using System.Globalization;

namespace Executor.Bench.Compare;

/// <summary>What is asked for on the command line.</summary>
/// <param name="Libmesos">The library to use; null is the stand-in.</param>
/// <param name="Executors">Further executors: a name and a command line for a shell.</param>
/// <param name="Scale">How many executors run on one host at once, ascending.</param>
/// <param name="Rounds">How often everything is measured.</param>
internal sealed record CompareOptions(
    string? Libmesos, IReadOnlyList<(string Name, string Command)> Executors, IReadOnlyList<int> Scale, int Rounds)
{
    /// <summary>On one host at once.</summary>
    public const int MostExecutors = 200;

    private const int MostRounds = 100;

    /// <exception cref="FormatException">Something is not accepted; the message is the line for the user.</exception>
    public static CompareOptions Parse(IReadOnlyList<string> words)
    {
        string? libmesos = null;
        var executors = new List<(string Name, string Command)>();
        IReadOnlyList<int> scale = [1, 10, 50, 100, 200];
        var rounds = 5;
        for (var i = 0; i < words.Count; i += 2)
        {
            var value = i + 1 < words.Count ? words[i + 1] : "";
            switch (words[i])
            {
                case "--libmesos":
                    libmesos = File.Exists(value) ? Path.GetFullPath(value) : throw Refuse(words[i], value, "a file that exists");
                    break;
                case "--executor":
                    var parts = value.Split('=', 2);
                    if (parts is not [{ Length: > 0 } name, { Length: > 0 } command]) throw Refuse(words[i], value, "NAME=COMMAND");
                    executors.Add((name, command));
                    break;
                case "--scale":
                    scale = [.. value.Split(',').Select(one => Number(words[i], value, one, MostExecutors)).Distinct().Order()];
                    break;
                case "--rounds":
                    rounds = Number(words[i], value, value, MostRounds);
                    break;
                default:
                    throw new FormatException($"there is no option {words[i]}: accepted are --libmesos, --executor, --scale and --rounds");
            }
        }

        return new CompareOptions(libmesos, executors, scale, rounds);
    }

    private static int Number(string option, string value, string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : throw Refuse(option, value, FormattableString.Invariant(
                $"{(most == MostExecutors ? "numbers, separated by commas, each" : "a number")} from 1 to {most}"));

    private static FormatException Refuse(string option, string value, string accepted) =>
        new($"{option} is \"{value}\": accepted is {accepted}");
}
