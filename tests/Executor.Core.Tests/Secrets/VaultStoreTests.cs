using Executor.Tests.Fakes.Https;
using Microsoft.AspNetCore.Http;

namespace Executor.Core.Tests.Secrets;

/// <summary>KV secrets of a Vault that checks every request against its documented API.</summary>
[CancelAfter(60_000)]
public sealed class VaultStoreTests
{
    [TestCase("old", null)]
    [TestCase("secret", "version 7")]
    public async Task A_secret_of_either_version_is_read_and_the_token_revoked(string mount, string? revision, CancellationToken cancel)
    {
        var vault = new VaultFake();
        vault.Secrets["apps/payments/eu/checkout"] = """{"DB_PASSWORD":"planted-1","WORKERS":4}""";
        using var rig = new ConfigurationRig();
        await using var server = await HttpsServer.StartAsync(rig.Authority, vault.AnswerAsync);
        rig.Environment["EXECUTOR_CONFIG_STORE"] = $"vault+{server.Address}/{mount}/apps/{{group}}/{{app}}";

        var configuration = await rig.ReadAsync(cancel);

        Assert.That(vault.Complaints, Is.Empty);
        Assert.That(configuration.Revision, Is.EqualTo(revision));
        Assert.That(configuration.Variables.Single(variable => variable.Name == "DB_PASSWORD").Value, Is.EqualTo("planted-1"));
        Assert.That(server.Requests, Is.EqualTo((string[])
        [
            "POST /v1/auth/cert/login",
            $"GET /v1/sys/internal/ui/mounts/{mount}/apps/payments/eu/checkout",
            $"GET /v1/{(mount == "old" ? "old" : "secret/data")}/apps/payments/eu/checkout",
            "POST /v1/auth/token/revoke-self",
        ]));
        Assert.That(vault.AllTokens, Has.Exactly(1).Items);
        Assert.That(vault.LiveTokens, Is.Empty);
        Assert.That(rig.Learned, Is.SupersetOf(vault.AllTokens).And.Contains("planted-1"));
    }

    [Test]
    public async Task Role_and_namespace_are_told(CancellationToken cancel)
    {
        var vault = new VaultFake(space: "team/payments", role: "checkout");
        vault.Secrets["x"] = """{"A":"b"}""";
        using var rig = new ConfigurationRig();
        await using var server = await HttpsServer.StartAsync(rig.Authority, vault.AnswerAsync);
        rig.Environment["EXECUTOR_CONFIG_STORE"] = $"vault+{server.Address}/secret/x";
        rig.Environment["EXECUTOR_VAULT_ROLE"] = "checkout";
        rig.Environment["VAULT_NAMESPACE"] = "team/payments";

        Assert.That(await rig.StoredAsync(cancel), Is.EqualTo(new Dictionary<string, string> { ["A"] = "b" }));
        Assert.That(vault.Complaints, Is.Empty);
    }

    [TestCase("secret/missing", "GET {0}/v1/secret/data/missing answered 404")]
    [TestCase("nowhere/x", "GET {0}/v1/sys/internal/ui/mounts/nowhere/x answered 403: preflight capability check returned 403, please ensure client's policies grant access to path")]
    [TestCase("database/creds/x", "database of {0} is mounted as \"database\": accepted is kv")]
    [TestCase("secret/deleted", "GET {0}/v1/secret/data/deleted gave no data: the secret is deleted, or the engine is no KV")]
    public async Task What_cannot_be_read_is_told_and_the_token_revoked_all_the_same(string path, string error, CancellationToken cancel)
    {
        var vault = new VaultFake();
        vault.Secrets["deleted"] = "null";
        using var rig = new ConfigurationRig();
        await using var server = await HttpsServer.StartAsync(rig.Authority, vault.AnswerAsync);
        rig.Environment["EXECUTOR_CONFIG_STORE"] = $"vault+{server.Address}/{path}";

        Assert.That(await rig.ErrorAsync(cancel), Is.EqualTo(string.Format(null, error, server.Address)));
        Assert.That(vault.AllTokens, Has.Exactly(1).Items);
        Assert.That(vault.LiveTokens, Is.Empty);
    }

    [Test]
    public async Task An_answer_with_half_of_a_surrogate_pair_is_an_error_in_words(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        await using var server = await HttpsServer.StartAsync(rig.Authority, context => context.Response.WriteAsync(
            """{"auth":{"client_token":"t"},"data":{"path":"secret","type":"kv","op\ud800":1}}""", cancel));
        rig.Environment["EXECUTOR_CONFIG_STORE"] = $"vault+{server.Address}/secret/x";

        Assert.That(await rig.ErrorAsync(cancel), Does.StartWith("the configuration of "));
    }

    [Test]
    public async Task An_engine_whose_name_has_several_lines_is_told_in_one(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        await using var server = await HttpsServer.StartAsync(rig.Authority, context => context.Response.WriteAsync(
            """{"auth":{"client_token":"t"},"data":{"path":"secret","type":"kv\nmore"}}""", cancel));
        rig.Environment["EXECUTOR_CONFIG_STORE"] = $"vault+{server.Address}/secret/x";

        Assert.That(await rig.ErrorAsync(cancel), Is.EqualTo($"secret of {server.Address} is mounted as \"kv more\": accepted is kv"));
    }

    [Test]
    public async Task A_login_that_is_refused_is_final(CancellationToken cancel)
    {
        var vault = new VaultFake(role: "another");
        using var rig = new ConfigurationRig();
        await using var server = await HttpsServer.StartAsync(rig.Authority, vault.AnswerAsync);
        rig.Environment["EXECUTOR_CONFIG_STORE"] = $"vault+{server.Address}/secret/x";

        Assert.That(await rig.ErrorAsync(cancel), Is.EqualTo(
            $"POST {server.Address}/v1/auth/cert/login answered 400: invalid certificate or no client certificate supplied"));
        Assert.That(server.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public void Signers_and_a_Vault_do_not_go_together()
    {
        using var rig = new ConfigurationRig();
        rig.Environment["EXECUTOR_CONFIG_STORE"] = "vault+https://vault/secret/x";
        rig.Environment["EXECUTOR_CONFIG_SIGNERS"] = rig.Environment["EXECUTOR_CA_BUNDLE"];

        Assert.That(
            () => rig.ReadAsync(CancellationToken.None),
            Throws.TypeOf<Core.Hooks.InvalidTaskException>().With.Message.StartsWith("EXECUTOR_CONFIG_SIGNERS is set, and EXECUTOR_CONFIG_STORE is a Vault"));
    }
}
