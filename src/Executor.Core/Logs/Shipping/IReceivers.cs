namespace Executor.Core.Logs.Shipping;

/// <summary>Who is there to be shipped to. Any thread; returns at once.</summary>
public interface IReceivers
{
    /// <summary>The receivers as they are known now, possibly none; asking may have them looked for anew.</summary>
    IReadOnlyList<LogAddress> Current { get; }
}

/// <summary>Those that the settings name.</summary>
internal sealed record FixedReceivers(IReadOnlyList<LogAddress> Current) : IReceivers;
