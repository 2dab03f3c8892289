namespace Executor.Core.Lifecycle;

/// <summary>The steps of an end and what each may take.</summary>
/// <param name="Withdraw">Zero where nothing was announced.</param>
/// <param name="Drain">Between a finished Withdraw and BeforeStop.</param>
/// <param name="BeforeStop">Zero where no hook acts then.</param>
/// <param name="Grace">Between SIGTERM and SIGKILL.</param>
internal sealed record EndSteps(TimeSpan Withdraw, TimeSpan Drain, TimeSpan BeforeStop, TimeSpan Grace)
{
    public TimeSpan BeforeSignal => Withdraw + Drain + BeforeStop;

    /// <summary>Nothing but the signals.</summary>
    public static EndSteps Signals(TimeSpan grace) => new(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, grace);
}

/// <summary>
/// The latest moments of an end, counted from its request and known before it starts. The steps mostly take less; what
/// they leave of a budget goes to the grace.
/// </summary>
/// <param name="Terminate">SIGTERM, whatever the steps before it have come to.</param>
/// <param name="Kill">SIGKILL.</param>
internal readonly record struct EndTimes(TimeSpan Terminate, TimeSpan Kill)
{
    /// <param name="budget">All that the steps may take together; they are squeezed alike. Null is all that they may.</param>
    public static EndTimes Of(EndSteps steps, TimeSpan? budget)
    {
        var full = steps.BeforeSignal + steps.Grace;
        return budget is { } all && all < full
            ? new EndTimes(steps.BeforeSignal * (all / full), all)
            : new EndTimes(steps.BeforeSignal, full);
    }
}
