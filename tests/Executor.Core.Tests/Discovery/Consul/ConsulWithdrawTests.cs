using Executor.Core.Hooks;
using Executor.Tests.Fakes;

namespace Executor.Core.Tests.Discovery.Consul;

/// <summary>How a task gets out of Consul.</summary>
[CancelAfter(30_000)]
public sealed class ConsulWithdrawTests
{
    [Test]
    public async Task A_service_is_removed_and_never_registered_again(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        await rig.AnnounceAsync(cancel);

        await rig.Hook.WithdrawAsync(cancel);
        rig.Hook.OnHealthChanged(false);
        rig.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.That(rig.Consul.Requests, Is.EqualTo([ConsulRig.Register, ConsulRig.Deregister]));
        Assert.That(rig.Consul.Ids, Is.Empty);
    }

    [Test]
    public async Task A_registration_that_the_agent_carries_out_late_is_waited_for_and_removed(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        var (arrived, late) = HoldRegistration(rig);
        using var kill = new CancellationTokenSource();
        var announcing = rig.Hook.AnnounceAsync(kill.Token);
        await arrived.WaitAsync(cancel);
        await kill.CancelAsync();
        Assert.That(() => announcing, Throws.InstanceOf<OperationCanceledException>());

        var withdrawing = rig.Hook.WithdrawAsync(cancel);
        late.SetResult();
        await withdrawing;

        Assert.That(rig.Consul.Requests, Is.EqualTo([ConsulRig.Register, ConsulRig.Deregister]));
        Assert.That(rig.Consul.Ids, Is.Empty);
    }

    [Test]
    public async Task A_service_is_removed_though_a_registration_hangs_and_again_when_that_was_carried_out(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        var (arrived, late) = HoldRegistration(rig);
        using var kill = new CancellationTokenSource();
        _ = rig.Hook.AnnounceAsync(kill.Token);
        await arrived.WaitAsync(cancel);
        await kill.CancelAsync();

        var withdrawing = rig.Hook.WithdrawAsync(cancel);
        await rig.Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(1), cancel);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        await rig.Consul.AnsweredAsync(ConsulRig.Deregister, cancel);
        late.SetResult();
        await withdrawing;

        Assert.That(rig.Consul.Ids, Is.Empty);
    }

    [Test]
    public async Task A_registration_that_outlasts_the_withdrawal_is_removed_after_the_exit(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        var (arrived, late) = HoldRegistration(rig);
        using var stage = new CancellationTokenSource();
        _ = rig.Hook.AnnounceAsync(cancel);
        await arrived.WaitAsync(cancel);
        var withdrawing = rig.Hook.WithdrawAsync(stage.Token);
        await rig.Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(1), cancel);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        await rig.Consul.AnsweredAsync(ConsulRig.Deregister, cancel);
        await rig.Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(1), cancel);
        await stage.CancelAsync();
        Assert.That(async () => await withdrawing, Throws.InstanceOf<OperationCanceledException>());

        var afterExit = rig.Hook.AfterExitAsync(cancel);
        late.SetResult();
        await afterExit;

        Assert.That(rig.Consul.Ids, Is.Empty);
    }

    [Test]
    public async Task A_removal_is_made_again_where_the_answer_of_a_registration_overtook_its_own(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        var (arrived, late, removal) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        rig.Consul.Intercept = async (request, _) =>
        {
            if (request.ToString() == ConsulRig.Register)
            {
                arrived.SetResult();
                await late.Task;
                return null;
            }

            rig.Consul.Intercept = null;
            late.SetResult();
            await removal.Task;
            return new(404, "Unknown service ID");
        };
        var announcing = rig.Hook.AnnounceAsync(cancel);
        await arrived.Task.WaitAsync(cancel);

        var withdrawing = rig.Hook.WithdrawAsync(cancel);
        await rig.Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(1), cancel);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        await announcing.ContinueWith(_ => removal.SetResult(), cancel, TaskContinuationOptions.None, TaskScheduler.Default);
        await withdrawing;

        Assert.That(rig.Consul.Ids, Is.Empty);
    }

    [Test]
    public async Task A_service_that_is_not_there_any_more_counts_as_removed(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        await rig.AnnounceAsync(cancel);
        rig.Consul.LoseServices();

        await rig.Hook.WithdrawAsync(cancel);

        Assert.That(rig.Consul.Requests[^1], Is.EqualTo(ConsulRig.Deregister));
    }

    [Test]
    public async Task Nothing_is_asked_of_Consul_where_nothing_was_sent(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();

        await rig.Hook.WithdrawAsync(cancel);
        await rig.Hook.AfterExitAsync(cancel);

        Assert.That(rig.Consul.Requests, Is.Empty);
    }

    [Test]
    public async Task A_dead_agent_is_asked_as_long_as_the_stage_allows_and_once_more_after_the_end(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        await rig.AnnounceAsync(cancel);
        await rig.Consul.StopAsync();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var withdrawing = rig.Hook.WithdrawAsync(limit.Token);
        await rig.Time.WaitForTimerAsync(TimeSpan.FromMilliseconds(100), cancel);
        rig.Time.Advance(TimeSpan.FromMilliseconds(100));
        await rig.Time.WaitForTimerAsync(TimeSpan.FromMilliseconds(200), cancel);
        await limit.CancelAsync();
        Assert.That(() => withdrawing, Throws.InstanceOf<OperationCanceledException>());

        rig.Consul.Start();
        Assert.That(rig.Consul.Ids, Is.EqualTo([ConsulRig.Id]));
        await rig.Hook.AfterExitAsync(cancel);

        Assert.That(rig.Consul.Ids, Is.Empty);
    }

    [Test]
    public async Task A_removal_that_is_refused_is_an_error_in_Consuls_words(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        await rig.AnnounceAsync(cancel);
        rig.Consul.Intercept = (_, _) => Task.FromResult<LoopbackResponse?>(new(403, "Permission denied"));

        Assert.That(() => rig.Hook.WithdrawAsync(cancel), Throws.TypeOf<HookException>().With.Message.EndsWith(" answered 403: Permission denied"));
    }

    /// <summary>A registration is carried out when the test says so.</summary>
    private static (Task Arrived, TaskCompletionSource Late) HoldRegistration(ConsulRig rig)
    {
        var (arrived, late) = (new TaskCompletionSource(), new TaskCompletionSource());
        rig.Consul.Intercept = async (request, _) =>
        {
            if (request.ToString() != ConsulRig.Register) return null;
            arrived.SetResult();
            await late.Task;
            return null;
        };
        return (arrived.Task, late);
    }
}
