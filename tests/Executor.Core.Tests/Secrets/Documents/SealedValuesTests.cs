using System.Text;
using Executor.Core.Secrets.Documents;

namespace Executor.Core.Tests.Secrets.Documents;

/// <summary>Single values within texts.</summary>
internal sealed class SealedValuesTests : DocumentTests
{
    [Test]
    public void A_text_without_a_value_stays_the_same_object([Values("", "postgres://db", "ENC", "[ENC]")] string text) =>
        Assert.That(OpenIn(text), Is.SameAs(text));

    [Test]
    public void A_value_is_replaced_wherever_it_stands([Values] DocumentFormat format)
    {
        var value = Seal(format, "s3cr€t");

        Assert.That(OpenIn(value), Is.EqualTo("s3cr€t"));
        Assert.That(OpenIn($"postgres://app:{value}@db/{value}?x=1"), Is.EqualTo("postgres://app:s3cr€t@db/s3cr€t?x=1"));
    }

    [Test]
    public void Both_kinds_may_stand_in_one_text() =>
        Assert.That(OpenIn($"{Seal(DocumentFormat.Cms, "a")}{Seal(DocumentFormat.Jwe, "b")}"), Is.EqualTo("ab"));

    [TestCase("ENC[PKCS7,MIIB]")]
    [TestCase("ENC[]")]
    [TestCase("ENC[CMS]")]
    public void What_others_write_so_is_left_alone(string foreign) =>
        Assert.That(OpenIn($"{foreign} {Seal(DocumentFormat.Jwe, "a")} {foreign}"), Is.EqualTo($"{foreign} a {foreign}"));

    [Test]
    public async Task A_value_may_come_from_openssl_as_it_breaks_its_lines()
    {
        var document = await OpensslAsync("-aes256 -outform DER");

        Assert.That(OpenIn($"ENC[CMS,{Convert.ToBase64String(document, Base64FormattingOptions.InsertLineBreaks)}\n]"), Is.EqualTo(Plaintext));
    }

    [TestCase("MIIx")]
    [TestCase("eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl")]
    [TestCase("{\"ciphertext\":1,\"protected\":2}")]
    [TestCase("ENC[CMS,x]")]
    [TestCase("")]
    public void A_plaintext_is_taken_as_it_is(string plaintext) =>
        Assert.That(OpenIn(Seal(DocumentFormat.Jwe, plaintext)), Is.EqualTo(plaintext));

    [Test]
    public void A_value_may_be_signed_and_need_not_be_trusted()
    {
        var document = Identity.OfRsa("CN=anybody").Sign(DocumentSealer.Seal(DocumentFormat.Cms, Bytes("a"), Rsa.Certificate));

        Assert.That(OpenIn(SealedValues.Write(DocumentFormat.Cms, document)), Is.EqualTo("a"));
    }

    [TestCase("x ENC[CMS,MII", "^the ENC\\[ at character 3 has no end: accepted are ENC\\[CMS,base64\\] and ENC\\[JWE,compact\\]$")]
    [TestCase("ENC[CMS,]", "^the CMS document is damaged or cut off$")]
    [TestCase("ENC[CMS,%]", "^the base64 of the CMS document is damaged or cut off$")]
    [TestCase("ENC[CMS,MIIx]", "^the CMS document is damaged or cut off$")]
    [TestCase("ENC[CMS,€]", "^the base64 of the CMS document is damaged or cut off$")]
    [TestCase("ENC[JWE,]", "has not its five parts")]
    [TestCase("ENC[JWE,a.b.c.d.e]", "^the JWE is damaged or cut off$")]
    public void A_malformed_value_is_refused(string text, string error) => Assert.That(ErrorOf(() => OpenIn(text)), Does.Match(error));

    [Test]
    public void A_value_above_the_limit_is_refused() => Assert.That(
        ErrorOf(() => OpenIn($"ENC[JWE,{new string('a', DocumentOpener.Limit + 1)}]")),
        Is.EqualTo("the ENC[ at character 1 has 1048577 bytes: accepted are at most 1048576"));

    [TestCase(new byte[] { 0x61, 0x00 })]
    [TestCase(new byte[] { 0xC3 })]
    [TestCase(new byte[] { 0xFF, 0xFE })]
    public void A_value_that_is_no_text_is_refused(byte[] plaintext) => Assert.That(
        ErrorOf(() => OpenIn("." + SealedValues.Write(DocumentFormat.Jwe, DocumentSealer.Seal(DocumentFormat.Jwe, plaintext, Rsa.Certificate)))),
        Is.EqualTo("the ENC[ at character 2 does not open to a text: accepted is UTF-8 without NUL"));

    [Test]
    public void Without_a_key_a_value_is_an_error() => Assert.That(
        ErrorOf(() => new SealedValues(null, Time).Open(Seal(DocumentFormat.Cms, "a"))),
        Is.EqualTo("the CMS document is encrypted, and there is no key to open it with"));

    private static string Seal(DocumentFormat format, string plaintext) =>
        SealedValues.Write(format, DocumentSealer.Seal(format, Bytes(plaintext), Rsa.Certificate));

    private static string OpenIn(string text)
    {
        using var key = Rsa.Key();
        return new SealedValues(key, Time).Open(text);
    }
}
