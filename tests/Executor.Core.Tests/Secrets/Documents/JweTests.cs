using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Executor.Core.Secrets.Documents;

namespace Executor.Core.Tests.Secrets.Documents;

/// <summary>
/// JWE as the command line jose and the library jwcrypto make and open it. Debian's jose knows no RSA-OAEP where it is
/// built with OpenSSL 3, so that RSA is jwcrypto's.
/// </summary>
internal sealed class JweTests : DocumentTests
{
    private static readonly string[] Curves = ["P-256", "P-384", "P-521"];

    private static Identity Ec { get; } = Identity.OfEc("CN=ec");

    [Test]
    public async Task What_jwcrypto_encrypts_for_RSA_opens(
        [Values("RSA-OAEP", "RSA-OAEP-256")] string algorithm, [Values("A256GCM", "A128CBC-HS256")] string encryption, [Values] bool compact) =>
        Assert.That(Open(await JwcryptoAsync(Rsa, $$"""{"alg":"{{algorithm}}","enc":"{{encryption}}"}""", compact)), Is.EqualTo(Plaintext));

    [Test]
    public async Task What_jwcrypto_encrypts_for_EC_opens(
        [ValueSource(nameof(Curves))] string curve, [Values("A256GCM", "A128CBC-HS256")] string encryption)
    {
        var identity = Identity.OfEc("CN=ec", curve);

        var document = await JwcryptoAsync(identity, $$"""{"alg":"ECDH-ES+A256KW","enc":"{{encryption}}","apu":"QWxpY2U","apv":"Qm9i"}""", true);

        Assert.That(Open(document, identity), Is.EqualTo(Plaintext));
    }

    [Test]
    public async Task What_jose_encrypts_opens(
        [ValueSource(nameof(Curves))] string curve, [Values("A256GCM", "A128CBC-HS256")] string encryption, [Values("-c", "")] string form)
    {
        var identity = Identity.OfEc("CN=ec", curve);
        Put("ec.jwk", Jwk.Of(identity));
        Put("plain", Plaintext);

        var document = await RunAsync(
            $$$"""jose jwe enc {{{form}}} -i '{"protected":{"alg":"ECDH-ES+A256KW","enc":"{{{encryption}}}"}}' -I plain -k ec.jwk -o out""");

        Assert.That(Open(document, identity), Is.EqualTo(Plaintext));
    }

    [TestCase("A256GCM")]
    [TestCase("A128CBC-HS256")]
    public async Task Any_of_several_recipients_opens_general_JSON(string encryption)
    {
        var others = new[] { Identity.OfEc("CN=one"), Identity.OfEc("CN=two", "P-521"), Identity.OfRsa("CN=three") };
        Put("plain", Plaintext);
        Put("keys", new JsonArray([.. others.Append(Rsa).Select(identity => JsonNode.Parse(Jwk.Of(identity)))]).ToJsonString());
        var document = await PythonAsync($$"""
            token = jwe.JWE(open('plain', 'rb').read(), protected='{"enc":"{{encryption}}"}')
            for key in json.load(open('keys')):
                token.add_recipient(jwk.JWK(**key), json.dumps({"alg": "RSA-OAEP" if key["kty"] == "RSA" else "ECDH-ES+A256KW"}))
            open('out', 'w').write(token.serialize())
            """);

        foreach (var identity in others.Append(Rsa)) Assert.That(Open(document, identity), Is.EqualTo(Plaintext));
        AssertRefused(
            document,
            "^the JWE does not open with our key, or is damaged: it was made for a key without kid .* and 1 more; ours is an EC key of P-256 with kid ",
            Identity.OfEc("CN=other"));
    }

    [Test]
    public async Task More_data_may_be_authenticated()
    {
        Put("plain", Plaintext);
        Put("key", Jwk.Of(Rsa));
        var document = await PythonAsync("""
            token = jwe.JWE(open('plain', 'rb').read(), protected='{"enc":"A256GCM"}', unprotected='{"alg":"RSA-OAEP"}', aad=b'more')
            token.add_recipient(jwk.JWK(**json.load(open('key'))))
            open('out', 'w').write(token.serialize())
            """);

        Assert.That(Open(document), Is.EqualTo(Plaintext));
        AssertRefused(Bytes(Encoding.ASCII.GetString(document).Replace("bW9yZQ", "bW9yZR", StringComparison.Ordinal)), "or is damaged");
    }

    [Test]
    public async Task What_is_sealed_here_jose_opens([ValueSource(nameof(Curves))] string curve, [Values] bool several)
    {
        var identity = Identity.OfEc("CN=ec", curve);
        Put("ec.jwk", Jwk.Of(identity));
        Put("sealed", several
            ? DocumentSealer.Seal(DocumentFormat.Jwe, Bytes(Plaintext), Rsa.Certificate, identity.Certificate)
            : DocumentSealer.Seal(DocumentFormat.Jwe, Bytes(Plaintext), identity.Certificate));

        Assert.That(await RunAsync("jose jwe dec -i sealed -k ec.jwk -O out"), Is.EqualTo(Bytes(Plaintext)));
    }

    [Test]
    public async Task What_is_sealed_here_jwcrypto_opens([Values("RSA", "P-256", "P-384", "P-521")] string kind)
    {
        var identity = kind == "RSA" ? Rsa : Identity.OfEc("CN=ec", kind);
        Put("key", Jwk.Of(identity));
        Put("sealed", DocumentSealer.Seal(DocumentFormat.Jwe, Bytes(Plaintext), identity.Certificate));

        var opened = await PythonAsync("""
            token = jwe.JWE()
            token.deserialize(open('sealed').read(), jwk.JWK(**json.load(open('key'))))
            open('out', 'wb').write(token.payload)
            """);

        Assert.That(opened, Is.EqualTo(Bytes(Plaintext)));
    }

    [Test]
    public async Task The_kid_is_the_thumbprint_that_jose_tells([Values("RSA", "P-521")] string kind)
    {
        var identity = kind == "RSA" ? Rsa : Identity.OfEc("CN=ec", kind);
        using var key = identity.Key();
        Put("key", Jwk.Of(identity));

        Assert.That(key.Thumbprint, Is.EqualTo(Encoding.ASCII.GetString(await RunAsync("jose jwk thp -i key -o out")).Trim()));
    }

    [Test]
    public void What_is_sealed_for_many_opens_for_each()
    {
        Identity[] identities = [Rsa, Ec, Identity.OfEc("CN=384", "P-384"), Identity.OfEc("CN=521", "P-521"), Identity.OfRsa("CN=other")];
        var document = DocumentSealer.Seal(DocumentFormat.Jwe, Bytes(Plaintext), [.. identities.Select(identity => identity.Certificate)]);

        foreach (var identity in identities) Assert.That(Open(document, identity), Is.EqualTo(Plaintext));
    }

    /// <summary>RFC 3394, 4.6.</summary>
    [Test]
    public void Keys_are_wrapped_as_the_RFC_shows()
    {
        var wrapping = Convert.FromHexString("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F");
        var key = Convert.FromHexString("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F");
        var wrapped = Convert.FromHexString("28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21");

        Assert.That(KeyWrap.Wrap(wrapping, key), Is.EqualTo(wrapped));
        Assert.That(KeyWrap.Unwrap(wrapping, wrapped), Is.EqualTo(key));
    }

    [TestCase("""{"alg":"RSA1_5","enc":"A256GCM"}""", "^the key of the JWE is encrypted with RSA1_5: accepted are RSA-OAEP, RSA-OAEP-256 and ECDH-ES\\+A256KW$")]
    [TestCase("""{"enc":"A256GCM"}""", "^the key of the JWE is encrypted with nothing that it names: accepted are")]
    [TestCase("""{"alg":"RSA-OAEP","enc":"A128GCM"}""", "^the JWE is encrypted with A128GCM: accepted are A256GCM and A128CBC-HS256$")]
    [TestCase("""{"alg":"RSA-OAEP","enc":"A256GCM","zip":"DEF"}""", "^the header of the JWE has \"zip\", which is not accepted$")]
    [TestCase("""{"alg":"RSA-OAEP","enc":"A256GCM","crit":["x"]}""", "^the header of the JWE has \"crit\", which is not accepted$")]
    [TestCase("""{"alg":"RSA-OAEP","enc":"A256GCM","alg":"RSA-OAEP"}""", "^the JWE is damaged or cut off$")]
    [TestCase("""{"alg":["RSA-OAEP"],"enc":"A256GCM"}""", "^the JWE is damaged or cut off$")]
    [TestCase("""{"alg":"ECDH-ES+A256KW","enc":"A256GCM","epk":7}""", "^the JWE does not open with our key.*ours is an RSA key with kid ")]
    public void A_header_that_is_not_accepted_is_refused(string header, string error)
    {
        var sealedParts = Encoding.ASCII.GetString(DocumentSealer.Seal(DocumentFormat.Jwe, Bytes(Plaintext), Rsa.Certificate)).Split('.');

        AssertRefused(Bytes($"{Base64Url.EncodeToString(Bytes(header))}.{string.Join('.', sealedParts[1..])}"), error);
    }

    [TestCase("""{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"}""")]
    [TestCase("""{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}""")]
    [TestCase("""{"kty":"EC","crv":"P-521","x":"AA","y":"AA"}""")]
    [TestCase("""{"kty":"EC","crv":"P-256","x":1}""")]
    [TestCase("[]")]
    public void An_ephemeral_key_that_is_none_does_not_open(string key)
    {
        var document = Encoding.ASCII.GetString(DocumentSealer.Seal(DocumentFormat.Jwe, Bytes(Plaintext), Ec.Certificate)).Split('.');
        var header = $$"""{"alg":"ECDH-ES+A256KW","enc":"A256GCM","epk":{{key}}}""";

        AssertRefused(Bytes($"{Base64Url.EncodeToString(Bytes(header))}.{string.Join('.', document[1..])}"), "does not open with our key", Ec);
    }

    [TestCase("""{"protected":"e30","ciphertext":"","recipients":7}""")]
    [TestCase("""{"protected":"e30","ciphertext":"","recipients":[7]}""")]
    [TestCase("""{"protected":"e30","ciphertext":"","recipients":[],"encrypted_key":""}""")]
    [TestCase("""{"protected":7,"ciphertext":""}""")]
    [TestCase("""{"protected":"W10","ciphertext":""}""")]
    [TestCase("""{"protected":"e3","ciphertext":"="}""")]
    [TestCase("""{"protected":"","ciphertext":"","ciphertext":""}""")]
    public void JSON_that_is_no_JWE_inside_is_refused(string text) => AssertRefused(Bytes(text), "^the JWE is damaged or cut off$");

    [Test]
    public void Hostile_JSON_ends_soon_in_one_error()
    {
        AssertRefused(Bytes("{\"a\":" + new string('[', 500_000)), "begins as a JSON object and is none");
        var many = string.Join(',', Enumerable.Repeat("{}", 101));
        AssertRefused(Bytes($$"""{"protected":"e30","ciphertext":"","recipients":[{{many}}]}"""), "^the JWE has 101 recipients: accepted are at most 100$");
        AssertRefused(Bytes("eyJh" + new string('.', 1_000_000)), "has not its five parts");
    }

    [Test]
    public void A_token_that_is_only_signed_is_refused() =>
        AssertRefused(Bytes("eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"), "has not its five parts: accepted is a JWE, whole and not only signed$");

    [Test]
    public void Another_recipient_is_named_beside_ours()
    {
        var other = Identity.OfRsa("CN=other");
        using var ours = other.Key();
        using var theirs = Rsa.Key();

        AssertRefused(
            DocumentSealer.Seal(DocumentFormat.Jwe, Bytes(Plaintext), Rsa.Certificate),
            $"^the JWE does not open with our key, or is damaged: it was made for kid {theirs.Thumbprint} \\(RSA-OAEP-256\\); ours is an RSA key with kid {ours.Thumbprint}$",
            other);
    }

    [Test]
    public void Without_a_key_it_says_so() => Assert.That(
        () => new DocumentOpener(null, null, Time).Open(DocumentSealer.Seal(DocumentFormat.Jwe, Bytes(Plaintext), Rsa.Certificate)),
        Throws.TypeOf<DocumentException>().With.Message.EqualTo("the JWE is encrypted, and there is no key to open it with"));

    [Test]
    public async Task Damage_anywhere_is_an_error([Values("A256GCM", "A128CBC-HS256")] string encryption, [Values] bool compact)
    {
        var document = await JwcryptoAsync(Ec, $$"""{"alg":"ECDH-ES+A256KW","enc":"{{encryption}}"}""", compact);
        using var key = Ec.Key();
        var opener = new DocumentOpener(key, null, Time);
        for (var i = 0; i < document.Length; i++)
        {
            var damaged = document.ToArray();
            damaged[i] ^= 0x04;
            try
            {
                // The last character of a part may stand for bits that are not used, and a name in JSON may be changed to one unknown.
                Assert.That(opener.Open(damaged), Is.EqualTo(Bytes(Plaintext)).Or.EqualTo(damaged));
            }
            catch (DocumentException)
            {
            }
        }
    }

    [Test]
    public void Changed_content_key_and_tag_give_the_same_error([Values(1, 2, 3, 4)] int part)
    {
        var parts = Encoding.ASCII.GetString(DocumentSealer.Seal(DocumentFormat.Jwe, Bytes(Plaintext), Rsa.Certificate)).Split('.');
        parts[part] = (parts[part][0] == 'A' ? 'B' : 'A') + parts[part][1..];

        AssertRefused(Bytes(string.Join('.', parts)), "^the JWE was made for our key, and does not open: it is damaged$");
    }

    [Test]
    public void Cut_off_anywhere_it_is_an_error([Values] bool compact)
    {
        Identity[] recipients = compact ? [Ec] : [Ec, Rsa];
        var document = DocumentSealer.Seal(DocumentFormat.Jwe, Bytes(Plaintext), [.. recipients.Select(identity => identity.Certificate)]);
        for (var length = 2; length < document.Length; length++)
        {
            var cut = document[..length];
            Assert.That(ErrorOf(() => Open(cut, Ec)), Does.Contain("damaged").Or.Contain("five parts"));
        }
    }

    [Test]
    public void A_name_with_half_of_a_surrogate_pair_is_an_error_at_the_first_look_too()
    {
        var document = Bytes("""{"ciphertext":"","re\ud800ipients":[]}""");

        AssertRefused(document, "begins as a JSON object and is none");
        Assert.That(() => DocumentOpener.IsPlain(document), Throws.TypeOf<DocumentException>());
    }

    private async Task<byte[]> JwcryptoAsync(Identity identity, string header, bool compact)
    {
        Put("plain", Plaintext);
        Put("key", Jwk.Of(identity));
        return await PythonAsync($"""
            token = jwe.JWE(open('plain', 'rb').read(), protected='{header}')
            token.add_recipient(jwk.JWK(**json.load(open('key'))))
            open('out', 'w').write(token.serialize(compact={(compact ? "True" : "False")}))
            """);
    }

    private Task<byte[]> PythonAsync(string script)
    {
        Put("script", $"import json\nfrom jwcrypto import jwe, jwk\n{script}\n");
        return RunAsync("/usr/bin/python3 script");
    }
}
