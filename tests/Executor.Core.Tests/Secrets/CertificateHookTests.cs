using Executor.Core.Hooks;
using Executor.Core.Ports;
using Executor.Core.Secrets;
using Executor.Core.Tests.Hooks;
using Mesos;
using Microsoft.Extensions.Time.Testing;

namespace Executor.Core.Tests.Secrets;

/// <summary>The label validate-certificate: no start without a good one, and an end before it ends.</summary>
[CancelAfter(60_000)]
public sealed class CertificateHookTests
{
    private readonly ConfigurationRig _rig = new();

    [OneTimeTearDown]
    public void Delete() => _rig.Dispose();

    [Test]
    public void Only_who_asks_for_it_is_checked()
    {
        Assert.That(Create("false"), Is.Null);
        Assert.That(Create(null), Is.Null);
        Assert.That(() => Create("yes"), Throws.TypeOf<InvalidTaskException>().With.Message.EqualTo("label validate-certificate is \"yes\": accepted is true, false"));
    }

    [Test]
    public async Task A_task_without_a_certificate_does_not_start(CancellationToken cancel)
    {
        await using var hook = Create("true", without: "CERTIFICATE")!;

        await Assert.ThatAsync(
            async () => await hook.BeforeStartAsync(cancel),
            Throws.TypeOf<HookException>().With.Message.StartsWith("the task has no certificate: "));
    }

    [TestCase("3hrs", 3.0)]
    [TestCase("0secs", 0.0)]
    [TestCase("1000hrs", 360.0)]
    public async Task The_task_ends_within_the_jitter_before_its_certificate(string jitter, double hours, CancellationToken cancel)
    {
        var notAfter = new DateTimeOffset(_rig.Own.Certificate.NotAfter.ToUniversalTime());
        var time = new FakeTimeProvider(notAfter.AddHours(-720)); // half of it is 360 h
        var control = new Ending(time);
        await using var hook = Create("true", time, control, jitter)!;

        await hook.BeforeStartAsync(cancel);
        await hook.AfterStartAsync(new StartedTask(1, Hooked.Task().Process, Task.FromResult<ResourceUsage?>(null)), cancel);
        while (control.At is null && time.GetUtcNow() < notAfter) time.Advance(TimeSpan.FromMinutes(10));

        Assert.That(await control.Ended.WaitAsync(cancel), Is.EqualTo($"the task's certificate expires at {notAfter.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"));
        Assert.That(control.At, Is.InRange(notAfter.AddHours(-hours), notAfter.AddMinutes(10)));
    }

    private TaskHook? Create(string? label, TimeProvider? time = null, ITaskControl? control = null, string jitter = "3hrs", string? without = null)
    {
        var environment = new Dictionary<string, string>(_rig.Environment) { ["EXECUTOR_CERTIFICATE_JITTER"] = jitter };
        if (without is not null) environment.Remove(without);
        Assert.That(AllSettings.TryRead(environment, out var settings, out var error), Is.True, error);
        time ??= TimeProvider.System;
        var labels = label is null ? [] : new Dictionary<string, string> { ["validate-certificate"] = label };
        return CertificateHook.Factory(new OwnIdentity(environment, settings!, time, _ => { }), settings!, time)(Hooked.Task(labels, control: control));
    }

    private sealed class Ending(TimeProvider time) : ITaskControl
    {
        private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public DateTimeOffset? At { get; private set; }

        public Task<string> Ended => _ended.Task;

        public void EndExpired(string why)
        {
            At = time.GetUtcNow();
            _ended.SetResult(why);
        }

        public void ReportHealth(bool healthy, string? text = null) => throw new InvalidOperationException();

        public void ReportCheck(CheckStatusInfo status) => throw new InvalidOperationException();

        public void EndUnhealthy(string why) => throw new InvalidOperationException();
    }
}
