using System.Text;
using Executor.Control.Doctor;

namespace Executor.Control.Tests.Doctor;

public class FindingLinesTests
{
    private static readonly Finding Good = new(Verdict.Ok, "kernel", "6.1.0")
    {
        Facts = new Dictionary<string, string> { ["version"] = "6.1.0" },
    };

    private static readonly Finding Bad = new(Verdict.Failed, "libmesos", "\"/a\": no\nlibrary", "Install one.");

    private static string Lines(bool colour, params Finding[] findings)
    {
        using var output = new StringWriter();
        var lines = new FindingLines(output, colour);
        foreach (var finding in findings) lines.Write(finding);
        return output.ToString();
    }

    [Test]
    public void A_finding_is_a_line_and_advice_a_second_one() =>
        Assert.That(
            Lines(colour: false, Good, Bad with { Verdict = Verdict.Warning }, Bad),
            Is.EqualTo("""
                ok       kernel                            6.1.0
                warning  libmesos                          "/a": no�library
                                                           Install one.
                failed   libmesos                          "/a": no�library
                                                           Install one.

                """.ReplaceLineEndings("\n")));

    [Test]
    public void On_a_terminal_the_verdict_has_a_colour()
    {
        Assert.That(Lines(colour: true, Good), Does.StartWith("\e[32mok"));
        Assert.That(Lines(colour: true, Bad with { Verdict = Verdict.Warning }), Does.StartWith("\e[33mwarning"));
        Assert.That(Lines(colour: true, Bad), Does.StartWith("\e[31mfailed"));
    }

    [Test]
    public void For_programs_a_finding_is_one_object_with_its_facts()
    {
        using var output = new MemoryStream();
        var json = new FindingJson(output);
        json.Write(Good);
        json.Write(Bad);

        Assert.That(
            Encoding.UTF8.GetString(output.ToArray()),
            Is.EqualTo("""
                {"verdict":"ok","check":"kernel","found":"6.1.0","version":"6.1.0"}
                {"verdict":"failed","check":"libmesos","found":"\"/a\": no\nlibrary","advice":"Install one."}

                """.ReplaceLineEndings("\n")));
    }
}
