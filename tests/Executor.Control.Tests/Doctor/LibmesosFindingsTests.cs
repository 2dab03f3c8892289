using Executor.Control.Doctor;
using Executor.Core.Configuration;
using Executor.Interop;

namespace Executor.Control.Tests.Doctor;

/// <summary>Where no libmesos is found; the end-to-end tests show real ones to the real program.</summary>
public class LibmesosFindingsTests
{
    private static readonly LibmesosSearch Nothing = new()
    {
        Tried = [new("libmesos.so", "the loader's path"), new("/usr/lib/libmesos.so", "a default place")],
    };

    private static readonly LibmesosSearch NothingWhereTheSettingSays = new()
    {
        Tried = [new("/opt/libmesos.so", LibmesosSearch.Setting), .. Nothing.Tried],
    };

    [Test]
    public void None_is_ok_under_auto_and_every_path_told()
    {
        var finding = LibmesosFindings.Of(Nothing, DriverChoice.Auto, verbose: true).Single();

        Assert.That(finding.Verdict, Is.EqualTo(Verdict.Ok));
        Assert.That(finding.Found, Does.EndWith("libmesos.so (the loader's path), /usr/lib/libmesos.so (a default place)"));
        Assert.That(finding.Advice, Is.Null);
    }

    [Test]
    public void None_fails_where_libmesos_is_demanded()
    {
        var finding = LibmesosFindings.Of(Nothing, DriverChoice.Libmesos, verbose: false).Single();

        Assert.That(finding.Verdict, Is.EqualTo(Verdict.Failed));
        Assert.That(finding.Advice, Does.Contain("EXECUTOR_LIBMESOS"));
    }

    [Test]
    public void A_path_that_the_setting_names_and_that_is_not_there_is_a_warning()
    {
        var findings = LibmesosFindings.Of(NothingWhereTheSettingSays, DriverChoice.Auto, verbose: false).ToList();

        Assert.That(findings.Select(finding => finding.Verdict), Is.EqualTo(new[] { Verdict.Warning, Verdict.Ok }));
        Assert.That(findings[0].Found, Is.EqualTo("/opt/libmesos.so: no such file"));
    }

    [TestCase("libmesos-1.so", LibmesosSearch.Setting, "libmesos-1.so: not on the loader's path")]
    [TestCase("lib/libmesos.so", "MESOS_NATIVE_LIBRARY", "lib/libmesos.so is relative: the executor looks for it in its sandbox")]
    public void A_name_that_the_loader_does_not_find_and_a_relative_path_are_warnings(string path, string origin, string found)
    {
        var search = Nothing with { Tried = [new(path, origin), .. Nothing.Tried] };

        var finding = LibmesosFindings.Of(search, DriverChoice.Auto, verbose: false).First();

        Assert.That((finding.Verdict, finding.Found), Is.EqualTo((Verdict.Warning, found)));
    }
}
