namespace Executor.Bench.Compare;

/// <summary>One part of the comparison.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Method">How its figures come about, in whole sentences.</param>
/// <param name="Runs">Of each contender.</param>
/// <param name="Figures">What is measured, with its unit.</param>
/// <param name="MeasureAsync">
/// One run: a value per figure, in that order; null where the contender does not do such a thing.
/// </param>
internal sealed record Part(
    string Title, string Method, int Runs, IReadOnlyList<string> Figures, Func<Contender, Task<double?[]>> MeasureAsync);
