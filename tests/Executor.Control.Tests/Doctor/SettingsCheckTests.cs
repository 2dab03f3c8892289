using Executor.Control.Doctor;
using Executor.Core.Configuration;

namespace Executor.Control.Tests.Doctor;

public class SettingsCheckTests
{
    private static async Task<IEnumerable<(string Check, Verdict Verdict)>> VerdictsAsync(params (string, string)[] environment) =>
        (await FindingsAsync(environment)).Select(finding => (finding.Check, finding.Verdict));

    private static Task<IReadOnlyList<Finding>> FindingsAsync(params (string Name, string Value)[] environment) =>
        new SettingsCheck(environment.ToDictionary(variable => variable.Name, variable => variable.Value)).RunAsync();

    [Test]
    public async Task Without_a_setting_the_defaults_are_told() =>
        Assert.That(await VerdictsAsync(("PATH", "/bin")), Is.EqualTo(new[] { ("settings", Verdict.Ok) }));

    [Test]
    public async Task Each_setting_has_a_verdict_of_its_own() =>
        Assert.That(
            await VerdictsAsync(
                ("EXECUTOR_LOG_LEVEL", "loud"), ("EXECUTOR_DRIVER", "native"), ("EXECUTOR_LIBMESOS", "/a"),
                ("EXECUTOR_LIB_MESOS", "/a"), ("EXECUTOR_ANY_AGENT_ADDRESS", "")),
            Is.EqualTo(new[]
            {
                ("EXECUTOR_ANY_AGENT_ADDRESS", Verdict.Ok),
                ("EXECUTOR_DRIVER", Verdict.Failed),
                ("EXECUTOR_LIBMESOS", Verdict.Ok),
                ("EXECUTOR_LIB_MESOS", Verdict.Warning),
                ("EXECUTOR_LOG_LEVEL", Verdict.Failed),
            }));

    [Test]
    public async Task What_is_not_accepted_is_told_with_its_value_and_what_is() =>
        Assert.That(
            (await FindingsAsync(("EXECUTOR_DRIVER", "native"))).Single().Found,
            Is.EqualTo("is \"native\": accepted: auto, managed, libmesos"));

    [Test]
    public async Task A_variable_of_Consul_that_counts_has_a_verdict_too() =>
        Assert.That(
            await VerdictsAsync(
                ("CONSUL_HTTP_ADDR", "ftp://consul"), ("CONSUL_NAMESPACE", "shop"), ("EXECUTOR_CONSUL_NAMESPACE", ""),
                ("CONSUL_PARTITION", "of others"), ("EXECUTOR_CONSUL_PARTITION", "eu"), ("CONSUL_CACERT", "/no/such.pem")),
            Is.EqualTo(new[]
            {
                ("CONSUL_CACERT", Verdict.Warning),
                ("CONSUL_HTTP_ADDR", Verdict.Failed),
                ("CONSUL_NAMESPACE", Verdict.Ok),
                ("EXECUTOR_CONSUL_NAMESPACE", Verdict.Ok),
                ("EXECUTOR_CONSUL_PARTITION", Verdict.Ok),
            }));

    [TestCase("EXECUTOR_CONSUL_HTTP_TOKEN")]
    [TestCase("CONSUL_HTTP_TOKEN")]
    public async Task A_secret_is_not_shown(string name) =>
        Assert.That((await FindingsAsync((name, "b1gs3cr3t"))).Single().Found, Is.EqualTo(SecretMask.Hidden));

    [TestCase("EXECUTOR_LOG_CA", "/no/such.pem", "/no/such.pem: No such file or directory (ENOENT)")]
    [TestCase("EXECUTOR_LOG_KEY", "/proc", "/proc: Is a directory")]
    [TestCase("EXECUTOR_CONSUL_CAPATH", "/no/such", "/no/such: No such file or directory (ENOENT)")]
    [TestCase("EXECUTOR_METRICS_PROMETHEUS", "/no/such", "/no/such: No such file or directory (ENOENT)")]
    public async Task A_path_that_cannot_be_used_is_told_with_the_reason(string name, string path, string found)
    {
        var finding = (await FindingsAsync((name, path))).Single();

        Assert.That((finding.Check, finding.Verdict, finding.Found), Is.EqualTo((name, Verdict.Failed, found)));
    }

    [Test]
    public async Task Paths_that_can_be_used_are_well_and_nothing_is_left_there()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("ca.pem", "");

        Assert.That(
            (await FindingsAsync(
                ("EXECUTOR_LOG_CA", file), ("EXECUTOR_CONSUL_CAPATH", folder.Path), ("EXECUTOR_METRICS_PROMETHEUS", folder.Path),
                ("EXECUTOR_CONSUL_CACERT", "relative.pem"))).Select(finding => finding.Verdict),
            Is.All.EqualTo(Verdict.Ok));
        Assert.That(Directory.GetFileSystemEntries(folder.Path), Is.EqualTo(new[] { file }));
    }
}
