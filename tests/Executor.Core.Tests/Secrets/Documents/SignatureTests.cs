using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using Executor.Core.Secrets.Documents;

namespace Executor.Core.Tests.Secrets.Documents;

/// <summary>Who has signed a document, and who may.</summary>
internal sealed class SignatureTests : DocumentTests
{
    private static readonly Identity Root = Identity.OfRsa("CN=root", isAuthority: true);
    private static readonly Identity Between = Identity.OfRsa("CN=between", Root, isAuthority: true);
    private static readonly Identity Signer = Identity.OfRsa("CN=signer", Between, usage: X509KeyUsageFlags.DigitalSignature);

    private static byte[] Sealed => DocumentSealer.Seal(DocumentFormat.Cms, Bytes(Plaintext), Rsa.Certificate);

    [TestCase("-outform DER")]
    [TestCase("-outform DER -stream")]
    [TestCase("-outform PEM")]
    [TestCase("")]
    [TestCase("-outform DER -keyid")]
    [TestCase("-outform DER -noattr")]
    [TestCase("-outform DER -md sha512")]
    [TestCase("-outform DER -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:-1")]
    public async Task What_openssl_signs_opens_inside_and_around(string options)
    {
        Put("app", Rsa);
        Put("signer", Signer);
        Put("between.crt", Between.Certificate.ExportCertificatePem());
        Put("plain", Plaintext);
        var sign = $"openssl cms -sign -binary -nodetach -signer signer.crt -inkey signer.key -certfile between.crt {options}";
        var inside = await RunAsync($"{sign} -in plain -out signed; openssl cms -encrypt -binary -aes256 -in signed -out out app.crt");
        var around = await RunAsync($"openssl cms -encrypt -binary -aes256 -in plain -outform DER -out sealed app.crt; {sign} -in sealed -out out");

        Assert.That((Open(inside, signers: Root.AsSigners()), Open(around, signers: Root.AsSigners())), Is.EqualTo((Plaintext, Plaintext)));
        Assert.That((Open(inside), Open(around)), Is.EqualTo((Plaintext, Plaintext)));
    }

    [Test]
    public async Task What_is_signed_here_openssl_verifies()
    {
        Put("root.crt", Root.Certificate.ExportCertificatePem());
        Put("signed", Signer.Sign(Bytes(Plaintext), Between.Certificate));

        var content = await RunAsync(
            $"openssl cms -verify -binary -inform DER -in signed -CAfile root.crt -purpose any -attime {Identity.Now.ToUnixTimeSeconds()} -out out");

        Assert.That(content, Is.EqualTo(Bytes(Plaintext)));
    }

    [Test]
    public void A_root_an_intermediate_and_the_very_certificate_are_trusted([Values("root", "between", "signer")] string trusted)
    {
        var identity = trusted switch { "root" => Root, "between" => Between, _ => Signer };

        Assert.That(Open(Signer.Sign(Sealed, Between.Certificate), signers: identity.AsSigners()), Is.EqualTo(Plaintext));
    }

    [Test]
    public void The_bundle_completes_what_a_document_lacks()
    {
        var bundle = DocumentSigners.FromPem(Between.Certificate.ExportCertificatePem() + "\n" + Root.Certificate.ExportCertificatePem());

        Assert.That(Open(Signer.Sign(Sealed), signers: bundle), Is.EqualTo(Plaintext));
    }

    [Test]
    public async Task A_pinned_signer_may_leave_its_certificate_out()
    {
        Put("signer", Signer);
        Put("plain", Plaintext);
        var document = await RunAsync("openssl cms -sign -binary -nodetach -nocerts -signer signer.crt -inkey signer.key -in plain -outform DER -out out");

        Assert.That(Open(document, signers: Signer.AsSigners()), Is.EqualTo(Plaintext));
        AssertRefused(document, "^the signed document lacks the certificate of its signer$");
    }

    [TestCase("P-256")]
    [TestCase("P-384")]
    public void An_EC_key_signs_too(string curve)
    {
        var signer = Identity.OfEc("CN=ec", curve, Root);

        Assert.That(Open(signer.Sign(Sealed), signers: Root.AsSigners()), Is.EqualTo(Plaintext));
    }

    [Test]
    public void What_has_to_be_signed_and_is_not_is_refused()
    {
        AssertRefused(Sealed, "^the document is not signed: accepted is one that a trusted signer has signed$", signers: Root.AsSigners());
        AssertRefused(Bytes(Plaintext), "^the document is not signed", signers: Root.AsSigners());
    }

    [Test]
    public void Another_signer_is_refused_by_name()
    {
        AssertRefused(
            Identity.OfRsa("CN=stranger").Sign(Sealed),
            "^the signer CN=stranger is not trusted: .*CN=stranger",
            signers: Root.AsSigners());
        AssertRefused(Signer.Sign(Sealed), "^the signer CN=signer is not trusted: its certificate is by CN=between, and chains to none", signers: Root.AsSigners());
    }

    [Test]
    public void A_name_that_is_only_claimed_is_not_believed([Values] bool pinIntermediate)
    {
        var forger = Identity.OfRsa("CN=between", isAuthority: true);
        var forged = Identity.OfRsa("CN=signer", forger);
        var bundle = (pinIntermediate ? Between : Root).AsSigners();

        AssertRefused(forged.Sign(Sealed), "^the signer CN=signer is not trusted", signers: bundle);
        AssertRefused(forged.Sign(Sealed, Between.Certificate), "^the signer CN=signer is not trusted", signers: bundle);
        AssertRefused(forged.Sign(Sealed, forger.Certificate), "^the signer CN=signer is not trusted", signers: bundle);
        AssertRefused(forged.Sign(Sealed, Between.Certificate, forger.Certificate), "^the signer CN=signer is not trusted", signers: bundle);
    }

    [Test]
    public void A_pinned_signer_certifies_nobody()
    {
        var child = Identity.OfRsa("CN=child", Signer);

        AssertRefused(child.Sign(Sealed, Signer.Certificate), "^the signer CN=child is not trusted", signers: Signer.AsSigners());
    }

    [Test]
    public void An_expired_signer_is_told_until_when([Values] bool pinned)
    {
        var expired = Identity.OfRsa("CN=old", Root, until: Identity.Now.AddDays(-7));
        var early = Identity.OfRsa("CN=new", Root, until: Identity.Now.AddDays(7));

        AssertRefused(expired.Sign(Sealed), "^the signer CN=old was valid until 2026-02-25 05:06:07Z$", signers: (pinned ? expired : Root).AsSigners());
        AssertRefused(early.Sign(Sealed), "^the signer CN=new is valid only from 2026-03-09 05:06:07Z on$", signers: (pinned ? early : Root).AsSigners());
        Assert.That(Open(expired.Sign(Sealed)), Is.EqualTo(Plaintext), "where nobody says who may sign");
    }

    [Test]
    public void An_expired_authority_is_told_until_when()
    {
        var expired = Identity.OfRsa("CN=old", Root, isAuthority: true, until: Identity.Now.AddDays(-7));
        var document = Identity.OfRsa("CN=signer", expired).Sign(Sealed, expired.Certificate);

        AssertRefused(document, "^the signer CN=signer is certified by CN=old, which was valid until 2026-02-25 05:06:07Z$", signers: Root.AsSigners());
    }

    [Test]
    public void A_key_that_is_not_for_signing_is_refused()
    {
        var signer = Identity.OfRsa("CN=tls", Root, usage: X509KeyUsageFlags.KeyEncipherment);

        AssertRefused(signer.Sign(Sealed), "^the signer CN=tls may not sign: its certificate has the key usage KeyEncipherment$", signers: Root.AsSigners());
    }

    [Test]
    public void Every_signer_has_to_be_trusted()
    {
        var cms = new SignedCms(new ContentInfo(Sealed));
        foreach (var identity in new[] { Identity.OfRsa("CN=one", Root), Identity.OfRsa("CN=stranger") })
        {
            using var certificate = identity.WithKey();
            cms.ComputeSignature(new CmsSigner(certificate) { IncludeOption = X509IncludeOption.EndCertOnly });
        }

        AssertRefused(cms.Encode(), "^the signer CN=stranger is not trusted", signers: Root.AsSigners());
        Assert.That(Open(cms.Encode()), Is.EqualTo(Plaintext));
    }

    [Test]
    public void What_was_changed_after_it_was_signed_is_refused()
    {
        var document = Signer.Sign(Bytes(Plaintext), Between.Certificate);
        var at = document.AsSpan().IndexOf("correct"u8);
        document[at] ^= 1;

        AssertRefused(document, "^the signature of CN=signer is wrong: the document was changed after it was signed$");
    }

    [Test]
    public void Damage_anywhere_leaves_no_other_content()
    {
        var document = Identity.OfEc("CN=ec", by: Root).Sign(Bytes(Plaintext));
        var opener = new DocumentOpener(null, Root.AsSigners(), Time);
        for (var i = 0; i < document.Length; i++)
        {
            foreach (var mask in new byte[] { 0x01, 0x20, 0x80 })
            {
                var damaged = document.ToArray();
                damaged[i] ^= mask;
                try
                {
                    Assert.That(opener.Open(damaged), Is.EqualTo(Bytes(Plaintext)));
                }
                catch (DocumentException)
                {
                }
            }
        }
    }

    [Test]
    public async Task A_signature_with_an_old_digest_or_apart_or_none_is_refused()
    {
        Put("signer", Signer);
        Put("plain", Plaintext);
        const string Sign = "openssl cms -sign -binary -signer signer.crt -inkey signer.key -in plain -out out";
        var old = await RunAsync($"{Sign} -nodetach -md sha1 -outform DER");
        var apart = await RunAsync($"{Sign} -outform DER");
        var text = await RunAsync(Sign);
        var salted = await RunAsync($"{Sign} -nodetach -outform DER -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:64");
        var none = await RunAsync("openssl crl2pkcs7 -nocrl -certfile signer.crt -outform DER -out out");

        AssertRefused(old, "^the document is signed with SHA-1: accepted are SHA-256, SHA-384 and SHA-512$");
        AssertRefused(apart, "^the signed document has no content: .* -nodetach makes it$");
        AssertRefused(text, "^the S/MIME text has its signature apart: .* -nodetach makes it$");
        AssertRefused(salted, "^the signature of CN=signer is wrong: .*, or the salt of RSA-PSS is not as long as the digest$");
        AssertRefused(none, "^the signed document has 0 signers: accepted are 1 to 16$");
    }

    [Test]
    public void A_bundle_without_a_certificate_is_refused()
    {
        Assert.That(() => DocumentSigners.FromPem(""), Throws.TypeOf<DocumentException>().With.Message.Contains("accepted is PEM"));
        Assert.That(
            () => DocumentSigners.FromPem("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
            Throws.TypeOf<DocumentException>().With.Message.Contains("accepted is PEM"));
    }

    [Test]
    public void A_JWE_may_be_signed_around()
    {
        var document = Signer.Sign(DocumentSealer.Seal(DocumentFormat.Jwe, Bytes(Plaintext), Rsa.Certificate), Between.Certificate);

        Assert.That(Open(document, signers: Root.AsSigners()), Is.EqualTo(Plaintext));
    }

    /// <summary>Of a type other than data, the content comes without its ContentInfo.</summary>
    [Test]
    public void Layers_may_be_told_by_their_content_type()
    {
        var bare = BareContent(Signer.Sign(Bytes(Plaintext), Between.Certificate));
        var outer = new EnvelopedCms(new ContentInfo(new Oid("1.2.840.113549.1.7.2"), bare), new AlgorithmIdentifier(new Oid("2.16.840.1.101.3.4.1.42")));
        outer.Encrypt(new CmsRecipient(Rsa.Certificate));

        Assert.That(Open(outer.Encode(), signers: Root.AsSigners()), Is.EqualTo(Plaintext));
    }

    private static byte[] BareContent(byte[] contentInfo)
    {
        var reader = new AsnReader(contentInfo, AsnEncodingRules.BER).ReadSequence();
        reader.ReadObjectIdentifier();
        return reader.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadEncodedValue().ToArray();
    }
}
