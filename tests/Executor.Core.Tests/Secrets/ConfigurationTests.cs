using System.Security.Cryptography;
using System.Text;
using Executor.Core.Hooks;
using Executor.Core.Secrets;
using Executor.Core.Secrets.Documents;
using Executor.Core.Secrets.Stores;

namespace Executor.Core.Tests.Secrets;

/// <summary>What a configuration may hold, who wins, and what is decrypted where.</summary>
[CancelAfter(60_000)]
public sealed class ConfigurationTests
{
    [Test]
    public async Task The_app_wins_over_the_store_and_the_store_over_the_agent(CancellationToken cancel)
    {
        using var rig = OfFile("""{"A":"store","B":"store","C":"store"}""");
        rig.Environment["A"] = "agent";
        rig.Environment["B"] = "app";
        rig.Environment["D"] = "agent";
        rig.AppVariables.Add("B");

        var variables = (await rig.ReadAsync(cancel)).Variables.Where(variable => variable.Name.Length == 1).OrderBy(variable => variable.Name);

        Assert.That(variables.Select(v => $"{v.Name}={v.Value} of {v.Origin}"), Is.EqualTo(
            ["A=store of Store", "B=app of App", "C=store of Store", "D=agent of Agent"]));
    }

    [Test]
    public async Task A_label_lets_the_store_win(CancellationToken cancel)
    {
        using var rig = OfFile("""{"B":"store"}""");
        rig.Environment["B"] = "app";
        rig.AppVariables.Add("B");
        rig.Labels["config-override"] = "true";

        Assert.That(await rig.StoredAsync(cancel), Is.EqualTo(new Dictionary<string, string> { ["B"] = "store" }));
    }

    [TestCase("""{"A-B":"x","1A":"x","":"x"}""", "the configuration has names that no variable can have, by POSIX: \"A-B\", \"1A\", \"\"")]
    [TestCase("""{"PORT":"1","PORT0":"1","PORTS":"1","PORT_HTTP":"1","HOST":"x","MESOS_X":"x","EXECUTOR_X":"x","LIBPROCESS_X":"x","PORTAL":"ok"}""",
        "the configuration has names that only agent, framework and executor give: \"PORT\", \"PORT0\", \"PORTS\", \"PORT_HTTP\", \"HOST\", \"MESOS_X\", \"EXECUTOR_X\", \"LIBPROCESS_X\"")]
    [TestCase("""{"A":null,"B":["planted"],"C":{"D":"planted"},"E":"plan\u0000ted"}""", "the configuration has values that no variable can have: \"A\", \"B\", \"C\", \"E\"")]
    [TestCase("""["planted"]""", "the configuration is a JSON Array: accepted is a JSON object of texts, numbers and booleans")]
    [TestCase("""{"A":"planted","A":"planted"}""", "the configuration of 29 bytes is no JSON, or names a variable twice: accepted is a JSON object of texts, numbers and booleans")]
    [TestCase("""{"A":"planted" """, "the configuration of 15 bytes is no JSON, or names a variable twice: accepted is a JSON object of texts, numbers and booleans")]
    [TestCase("""{"A":"\ud800"}""", "the configuration of 14 bytes is no JSON, or names a variable twice: accepted is a JSON object of texts, numbers and booleans")]
    public void What_no_environment_can_hold_is_refused_by_name(string content, string error) => Assert.That(
        () => ConfigurationDocument.Parse(Encoding.UTF8.GetBytes(content)), Throws.TypeOf<HookException>().With.Message.EqualTo(error));

    [Test]
    public async Task An_encrypted_document_of_the_sandbox_is_opened(CancellationToken cancel)
    {
        foreach (var format in new[] { DocumentFormat.Cms, DocumentFormat.Jwe })
        {
            using var rig = OfFile("");
            var document = DocumentSealer.Seal(format, """{"A":"b"}"""u8, rig.Own.Certificate);
            await File.WriteAllBytesAsync(Path.Combine(rig.Folder, "config.json"), document, cancel);

            Assert.That(await rig.StoredAsync(cancel), Is.EqualTo(new Dictionary<string, string> { ["A"] = "b" }), $"{format}");
        }
    }

    [Test]
    public async Task A_plain_document_takes_no_certificate(CancellationToken cancel)
    {
        using var rig = OfFile("""{"A":"b"}""");
        using var expired = rig.Authority.Issue("old", DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(-1));
        (rig.Environment["CERTIFICATE"], rig.Environment["CERTIFICATE_KEY"]) = (expired.Pem, expired.KeyPem);

        Assert.That(await rig.StoredAsync(cancel), Is.EqualTo(new Dictionary<string, string> { ["A"] = "b" }));
    }

    [Test]
    public async Task A_certificate_s_file_is_read_within_a_bound(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        rig.Environment.Remove("CERTIFICATE");
        rig.Environment["CERTIFICATE_FILE"] = "/dev/tty_of_nobody";
        rig.Environment["SECRET"] = "ENC[CMS,cGxhbnRlZA==]";
        Assert.That(await rig.ErrorAsync(cancel), Does.StartWith("CERTIFICATE_FILE \"/dev/tty_of_nobody\" cannot be read: "));

        rig.Environment["CERTIFICATE_FILE"] = "/dev/zero";
        Assert.That(await rig.ErrorAsync(cancel), Is.EqualTo("CERTIFICATE_FILE \"/dev/zero\" has more than 262144 bytes"));
    }

    [Test]
    public async Task A_document_for_another_is_told_without_a_secret(CancellationToken cancel)
    {
        using var rig = OfFile("");
        using var other = rig.Authority.Issue("other");
        await File.WriteAllBytesAsync(
            Path.Combine(rig.Folder, "config.json"), DocumentSealer.Seal(DocumentFormat.Cms, """{"A":"planted"}"""u8, other.Certificate), cancel);

        Assert.That(await rig.ErrorAsync(cancel), Does.StartWith("the configuration cannot be opened: ").And.Not.Contains("planted"));
    }

    [Test]
    public async Task Where_signers_are_named_an_unsigned_document_is_refused(CancellationToken cancel)
    {
        using var rig = OfFile("""{"A":"planted"}""");
        using var signer = rig.Authority.Issue("signer", curve: ECCurve.NamedCurves.nistP256);
        rig.Environment["EXECUTOR_CONFIG_SIGNERS"] = rig.Put("signers.pem", rig.Authority.Pem);
        Assert.That(await rig.ErrorAsync(cancel), Does.StartWith("the configuration cannot be opened: ").And.Not.Contains("planted"));

        var signed = DocumentSealer.Sign(DocumentSealer.Seal(DocumentFormat.Cms, """{"A":"b"}"""u8, rig.Own.Certificate), signer.Certificate);
        await File.WriteAllBytesAsync(Path.Combine(rig.Folder, "config.json"), signed, cancel);
        Assert.That(await rig.StoredAsync(cancel), Is.EqualTo(new Dictionary<string, string> { ["A"] = "b" }));
    }

    [Test]
    public async Task Single_values_are_decrypted_wherever_they_stand(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        var cms = SealedValues.Write(DocumentFormat.Cms, DocumentSealer.Seal(DocumentFormat.Cms, "pass"u8, rig.Own.Certificate));
        var jwe = SealedValues.Write(DocumentFormat.Jwe, DocumentSealer.Seal(DocumentFormat.Jwe, "word"u8, rig.Own.Certificate));
        rig.Environment["DB"] = $"postgres://app:{cms}{jwe}@db/app";
        rig.Environment["FOREIGN"] = "ENC[PKCS7,MIIB]";
        rig.AppVariables.Add("DB");

        var variables = (await rig.ReadAsync(cancel)).Variables.ToDictionary(variable => variable.Name);

        Assert.That(variables["DB"].Value, Is.EqualTo("postgres://app:password@db/app"));
        Assert.That(variables["DB"].WasSealed);
        Assert.That(rig.Learned, Is.SupersetOf(["pass", "word"]));
        Assert.That(variables["FOREIGN"].Value, Is.EqualTo("ENC[PKCS7,MIIB]"));
    }

    [Test]
    public async Task A_value_that_does_not_open_fails_the_task_even_where_the_store_is_optional(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        rig.Environment["EXECUTOR_CONFIG_OPTIONAL"] = "true";
        rig.Environment["SECRET"] = "ENC[CMS,cGxhbnRlZA==]";

        Assert.That(await rig.ErrorAsync(cancel), Does.StartWith("SECRET cannot be decrypted: ").And.Not.Contains("planted"));
    }

    [TestCase("https://store/config/{group}/{app}", "https://store/config/payments/eu/checkout")]
    [TestCase("vault+https://store:8200/secret/{app}/{version}", "https://store:8200/secret/checkout/v%201")]
    [TestCase("file:config/{task}.json", "config/checkout.1.json")]
    [TestCase("file:///etc/config/{group}/{app}.json", "/etc/config/payments/eu/checkout.json")]
    public void Places_of_a_path_are_filled_in(string store, string expected)
    {
        Assert.That(StoreAddress.TryParse(store, out var address), Is.True);
        Assert.That(address!.Of(new StorePlaces("/payments/eu/checkout", "checkout.1", "v 1")), Is.EqualTo(expected));
    }

    [TestCase("http://store/x")]
    [TestCase("https://store")]
    [TestCase("https://user@store/x")]
    [TestCase("https://store/x#y")]
    [TestCase("vault+https://store/secret")]
    [TestCase("file:")]
    [TestCase("file:/etc/../x")]
    [TestCase("https://store/{application}")]
    [TestCase("store/x")]
    public void What_is_no_store_is_refused(string store) => Assert.That(StoreAddress.TryParse(store, out _), Is.False);

    [TestCase("/etc/shadow")]
    [TestCase("../../etc/shadow")]
    [TestCase("a//b")]
    [TestCase("a?b")]
    [TestCase("{x}")]
    [TestCase("%2e%2e/x")]
    public void A_label_leads_nowhere_else(string label)
    {
        Assert.That(StoreAddress.TryParse("file:/etc/config/{app}.json", out var address), Is.True);
        Assert.That(() => address!.WithPath(label), Throws.TypeOf<InvalidTaskException>().With.Message.StartsWith($"label config is \"{label}\": accepted is "));
    }

    [Test]
    public void What_a_place_stands_for_cannot_lead_elsewhere()
    {
        Assert.That(StoreAddress.TryParse("file:/etc/config/{group}/{app}.json", out var address), Is.True);
        Assert.That(() => address!.Of(new StorePlaces("/../x", "t", null)), Throws.TypeOf<HookException>());
        Assert.That(() => address!.Of(new StorePlaces(null, "t", null)), Throws.TypeOf<HookException>().With.Message.Contains("MARATHON_APP_ID is not set"));
    }

    [TestCase("..{group}/x")]
    [TestCase("a/..{group}/x")]
    public void A_place_that_is_empty_makes_no_way_out(string label)
    {
        Assert.That(StoreAddress.TryParse("file:config/{app}.json", out var address), Is.True);
        Assert.That(() => address!.WithPath(label).Of(new StorePlaces("/top", "t", null)), Throws.TypeOf<HookException>());
    }

    [Test]
    public void A_path_of_the_sandbox_stays_there()
    {
        Assert.That(StoreAddress.TryParse("file:{group}/{app}", out var address), Is.True);
        Assert.That(address!.Of(new StorePlaces("/top", "t", null)), Is.EqualTo("top"));
    }

    [Test]
    public void A_label_without_a_store_is_an_error_of_the_task()
    {
        using var rig = new ConfigurationRig();
        rig.Labels["config"] = "true";

        Assert.That(
            () => rig.ReadAsync(CancellationToken.None),
            Throws.TypeOf<InvalidTaskException>().With.Message.EqualTo("label config is \"true\", but EXECUTOR_CONFIG_STORE is not set"));
    }

    [Test]
    public async Task A_file_that_is_missing_or_too_long_is_named(CancellationToken cancel)
    {
        using var rig = OfFile(new string('x', (1024 * 1024) + 1));
        var path = Path.Combine(rig.Folder, "config.json");
        Assert.That(await rig.ErrorAsync(cancel), Is.EqualTo($"{path} has more than 1048576 bytes"));

        File.Delete(path);
        Assert.That(await rig.ErrorAsync(cancel), Does.StartWith($"{path} cannot be read: "));
    }

    private static ConfigurationRig OfFile(string content)
    {
        var rig = new ConfigurationRig();
        rig.Put("config.json", content);
        rig.Environment["EXECUTOR_CONFIG_STORE"] = "file:config.json";
        return rig;
    }
}
