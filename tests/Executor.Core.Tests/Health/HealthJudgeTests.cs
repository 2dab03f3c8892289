using Executor.Core.Health;

namespace Executor.Core.Tests.Health;

public sealed class HealthJudgeTests
{
    [Test]
    public void The_first_success_is_reported_and_further_ones_are_not()
    {
        var judge = Judge();

        Assert.That(judge.Judge(passed: true, At(0)).Healthy, Is.True);
        Assert.That(judge.Judge(passed: true, At(10)).Healthy, Is.Null);
    }

    [Test]
    public void Failures_within_the_grace_mean_nothing_and_later_ones_are_each_reported()
    {
        var judge = Judge(grace: 30);

        Assert.That(judge.Judge(passed: false, At(30)).Healthy, Is.Null);
        Assert.That(judge.Judge(passed: false, At(31)), Is.EqualTo(new HealthVerdict(false, false)));
        Assert.That(judge.Judge(passed: false, At(41)), Is.EqualTo(new HealthVerdict(false, false)));
        Assert.That(judge.Judge(passed: false, At(51)), Is.EqualTo(new HealthVerdict(false, true)));
    }

    [Test]
    public void The_grace_ends_at_the_first_success()
    {
        var judge = Judge(grace: 300);
        judge.Judge(passed: true, At(1));

        Assert.That(judge.Judge(passed: false, At(11)).Healthy, Is.False);
    }

    [Test]
    public void Only_failures_in_a_row_end_the_task()
    {
        var judge = Judge();
        judge.Judge(passed: true, At(0));
        judge.Judge(passed: false, At(10));
        judge.Judge(passed: false, At(20));
        Assert.That(judge.Judge(passed: true, At(30)), Is.EqualTo(new HealthVerdict(true, false)));

        Assert.That(judge.Judge(passed: false, At(40)).End, Is.False);
        Assert.That(judge.Judge(passed: false, At(50)).End, Is.False);
        Assert.That(judge.Judge(passed: false, At(60)).End, Is.True);
    }

    [Test]
    public void No_failures_at_all_is_never()
    {
        var judge = Judge(failures: 0);
        judge.Judge(passed: true, At(0));

        for (var i = 1; i < 1000; i++)
            Assert.That(judge.Judge(passed: false, At(10 * i)), Is.EqualTo(new HealthVerdict(false, false)));
    }

    [Test]
    public void One_failure_is_enough_where_one_is_asked_for() =>
        Assert.That(Judge(failures: 1).Judge(passed: false, At(1)).End, Is.True);

    [Test]
    public void Several_successes_in_a_row_make_a_task_healthy_where_they_are_asked_for()
    {
        var judge = Judge(successes: 3, grace: 300);
        judge.Judge(passed: true, At(0));
        judge.Judge(passed: true, At(0.25));
        judge.Judge(passed: false, At(0.5));
        Assert.That(judge.Judge(passed: true, At(0.75)).Healthy, Is.Null);
        Assert.That(judge.Judge(passed: true, At(1)).Healthy, Is.Null);

        Assert.That(judge.Judge(passed: true, At(1.25)).Healthy, Is.True);
    }

    [Test]
    public void A_starting_task_is_checked_quickly_until_it_is_healthy()
    {
        var judge = Judge(grace: 300);
        Assert.That(judge.Pause, Is.EqualTo(TimeSpan.FromMilliseconds(250)));
        judge.Judge(passed: false, At(1));
        Assert.That(judge.Pause, Is.EqualTo(TimeSpan.FromMilliseconds(250)));

        judge.Judge(passed: true, At(2));
        Assert.That(judge.Pause, Is.EqualTo(TimeSpan.FromSeconds(10)));
        judge.Judge(passed: false, At(12));
        Assert.That(judge.Pause, Is.EqualTo(TimeSpan.FromSeconds(10)));
    }

    [Test]
    public void An_interval_shorter_than_that_of_a_start_stays_as_it_is() =>
        Assert.That(Judge(interval: 0.1).Pause, Is.EqualTo(TimeSpan.FromMilliseconds(100)));

    [Test]
    public void Quick_checks_do_not_end_a_slow_task_before_its_own_interval_would()
    {
        var judge = Judge();
        var ended = new List<double>();
        for (var at = 0.25; at < 30; at += 0.25)
            if (judge.Judge(passed: false, At(at)).End) ended.Add(at);

        Assert.That(ended, Is.EqualTo([20.25]), "the third failure that counts, 10 s apart");
    }

    private static HealthJudge Judge(double grace = 0, int failures = 3, int successes = 1, double interval = 10) => new(new HealthPlan
    {
        Probe = new ProbePlan.Tcp(1, System.Net.Sockets.AddressFamily.InterNetwork),
        Timing = new CheckTiming(TimeSpan.Zero, At(interval), null),
        Grace = At(grace),
        MostFailures = failures,
        LeastSuccesses = successes,
        StartInterval = TimeSpan.FromMilliseconds(250),
    });

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
