namespace Executor.Control.Doctor;

/// <summary>What a check found.</summary>
/// <param name="Check">What was checked, a word or two.</param>
/// <param name="Found">One line for people.</param>
/// <param name="Advice">What to do about it; null where nothing is, or where another finding says it.</param>
internal sealed record Finding(Verdict Verdict, string Check, string Found, string? Advice = null)
{
    /// <summary>What <see cref="Found"/> says, for programs.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>The verdict as people and programs read it.</summary>
    public string Word => Verdict switch
    {
        Verdict.Ok => "ok",
        Verdict.Warning => "warning",
        _ => "failed",
    };
}
