using Executor.Tests.Fakes;
using Mesos;

namespace Executor.Bench.Compare;

/// <summary>A health check that always passes, and counts how often it was done.</summary>
internal sealed class CountedCheck : IAsyncDisposable
{
    private readonly Func<long> _count;
    private readonly Func<ValueTask> _end;

    private CountedCheck(HealthCheck check, Func<long> count, Func<ValueTask> end)
    {
        (Check, _count, _end) = (check, count, end);
        check.DelaySeconds = 0;
        check.IntervalSeconds = 0.02;
        check.TimeoutSeconds = 5;
    }

    public HealthCheck Check { get; }

    public long Count => _count();

    public static CountedCheck Http()
    {
        long count = 0;
        var server = new LoopbackServer(
            (_, _) =>
            {
                Interlocked.Increment(ref count);
                return Task.FromResult<LoopbackResponse?>(new(200, ""));
            },
            null, null);
        server.Start();
        var check = new HealthCheck
        {
            Type = HealthCheck.Types.Type.Http,
            Http = new HealthCheck.Types.HTTPCheckInfo { Scheme = "http", Port = (uint)server.Port, Path = "/" },
        };
        return new CountedCheck(check, () => Interlocked.Read(ref count), server.DisposeAsync);
    }

    /// <summary>A shell that writes one byte.</summary>
    public static CountedCheck Command()
    {
        var file = new FileInfo(Path.GetTempFileName());
        var check = new HealthCheck
        {
            Type = HealthCheck.Types.Type.Command,
            Command = new CommandInfo { Value = $"printf . >> '{file.FullName}'" },
        };
        return new CountedCheck(check, Count, End);

        long Count()
        {
            file.Refresh();
            return file.Length;
        }

        ValueTask End()
        {
            file.Delete();
            return ValueTask.CompletedTask;
        }
    }

    public ValueTask DisposeAsync() => _end();
}
