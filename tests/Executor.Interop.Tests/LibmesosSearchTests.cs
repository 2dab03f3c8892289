namespace Executor.Interop.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LibmesosSearchTests
{
    private readonly Dictionary<string, string> _environment = new();

    [Test]
    public void The_places_are_tried_in_their_order()
    {
        _environment["MESOS_NATIVE_JAVA_LIBRARY"] = "/no/such/c.so";
        _environment["MESOS_NATIVE_LIBRARY"] = "/no/such/b.so";
        _environment["EXECUTOR_LIBMESOS"] = "/no/such/a.so";

        var search = LibmesosSearch.Run(_environment);

        Assert.That(search.Found, Is.Null);
        Assert.That(search.Tried.Select(place => place.Path), Is.EqualTo(
        [
            "/no/such/a.so", "/no/such/b.so", "/no/such/c.so", "libmesos.so", "/usr/lib/libmesos.so",
            "/usr/local/lib/libmesos.so",
        ]));
    }

    [Test]
    public void What_is_opened_is_told_before_it_is_opened()
    {
        _environment["EXECUTOR_LIBMESOS"] = "/no/such/a.so";
        _environment["MESOS_NATIVE_LIBRARY"] = "/etc/passwd";
        var told = new List<string>();

        LibmesosSearch.Run(_environment, candidate => told.Add(candidate.Path));

        Assert.That(told, Is.EqualTo(["/etc/passwd"]));
    }

    [Test]
    public void The_first_file_that_exists_is_the_one_whether_it_can_be_used_or_not()
    {
        _environment["EXECUTOR_LIBMESOS"] = "";
        _environment["MESOS_NATIVE_LIBRARY"] = "/etc/passwd";
        _environment["MESOS_NATIVE_JAVA_LIBRARY"] = StandIn.Path;

        var search = LibmesosSearch.Run(_environment);

        Assert.That(search.Found?.Problem, Is.EqualTo(LibmesosProblem.NotALibrary));
        Assert.That(search.Tried, Is.EqualTo([new LibmesosCandidate("/etc/passwd", "MESOS_NATIVE_LIBRARY")]));
    }
}
