using Executor.Core.Lifecycle;

namespace Executor.Core.Tests.Lifecycle;

public sealed class EndBudgetTests
{
    /// <summary>SIGKILL has time to work, the last status goes out, and then the executor leaves, all before the grace is over.</summary>
    [Test]
    public void A_shutdown_has_time_for_each_of_its_ends([Values(1, 2, 3, 5, 60)] double grace, [Values(0, 1)] double wait)
    {
        var times = EndBudget.Shutdown(TimeSpan.FromSeconds(grace), TimeSpan.FromSeconds(wait));

        Assert.That(times.Kill, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(grace / 2)));
        Assert.That(times.GiveUp - times.Kill, Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(100)));
        Assert.That(times.Over, Is.GreaterThanOrEqualTo(times.GiveUp).And.LessThan(EndBudget.Departure(TimeSpan.FromSeconds(grace))));
    }

    [TestCase(5, 0, 4, 4.5, 4.5)]
    [TestCase(5, 1, 3, 3.5, 4.5)]
    [TestCase(1, 1, 0.5, 0.6, 0.6)]
    public void The_ends_of_a_shutdown(double grace, double wait, double kill, double giveUp, double over) => Assert.That(
        EndBudget.Shutdown(TimeSpan.FromSeconds(grace), TimeSpan.FromSeconds(wait)),
        Is.EqualTo(new ShutdownTimes(TimeSpan.FromSeconds(kill), TimeSpan.FromSeconds(giveUp), TimeSpan.FromSeconds(over))));
}
