namespace Executor.Core.Logs.Shipping;

/// <summary>A connection to one receiver, used by one thread, which it makes wait no longer than the time limit.</summary>
internal interface IConnection : IDisposable
{
    /// <summary>Sends the batch, and marks in it what need not be sent again, also where it fails.</summary>
    /// <exception cref="IOException">The connection is of no use any more; its text says why, and not where.</exception>
    void Send(Batch batch);

    /// <summary>
    /// Whether the receiver has ended it in order, and has all that it was sent: another one is opened then, and nothing is
    /// said. To be asked between two <see cref="Send"/>s.
    /// </summary>
    /// <exception cref="IOException">It has ended otherwise.</exception>
    bool IsOver { get; }

    /// <summary>Whether it has to be looked at again, though there is nothing to send: it may still break and lose something.</summary>
    bool IsUnsure { get; }

    /// <summary>Says good-bye, so that the receiver keeps what it was sent last. Dispose it behind.</summary>
    void Close();

    /// <summary>Lets <see cref="Send"/> fail at once; any thread.</summary>
    void Cut();
}
