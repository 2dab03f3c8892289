using System.Threading.Channels;

namespace Executor.Libprocess.Tests.Wire;

/// <summary>What was posted, in order, for a test to wait on.</summary>
internal sealed class EventQueue<T>
{
    private readonly Channel<T> _events = Channel.CreateUnbounded<T>();

    public void Post(T posted) => _events.Writer.TryWrite(posted);

    public ValueTask<T> NextAsync(CancellationToken cancel) => _events.Reader.ReadAsync(cancel);

    /// <summary>The next one, which has to be of this type.</summary>
    public async Task<TEvent> NextAsync<TEvent>(CancellationToken cancel) where TEvent : T
    {
        var next = await NextAsync(cancel);
        Assert.That(next, Is.TypeOf<TEvent>());
        return (TEvent)next!;
    }

    /// <summary>Whatever has come by now.</summary>
    public List<T> Rest()
    {
        List<T> rest = [];
        while (_events.Reader.TryRead(out var posted)) rest.Add(posted);
        return rest;
    }
}
