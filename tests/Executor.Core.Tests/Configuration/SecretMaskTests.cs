using Executor.Core.Configuration;

namespace Executor.Core.Tests.Configuration;

public sealed class SecretMaskTests
{
    [TestCase("hunter2!", "the password is hunter2!", "the password is ********")]
    [TestCase("hunter2!", "hunter2!hunter2! and hunter2", "**************** and hunter2")]
    [TestCase("hunter2!", "nothing here", "nothing here")]
    [TestCase("hunter2!", "", "")]
    [TestCase("short", "short is no secret", "short is no secret")]
    public void A_secret_is_hidden_wherever_it_stands(string secret, string text, string expected)
    {
        var mask = new SecretMask();
        mask.Add(secret);

        Assert.That(mask.Apply(text), Is.EqualTo(expected));
    }

    [Test]
    public void Of_two_that_overlap_the_longer_is_hidden_whole()
    {
        var mask = new SecretMask();
        mask.Add("secret");
        mask.Add("my-secret-token");

        Assert.That(mask.Apply("my-secret-token, secret"), Is.EqualTo("********, ********"));
    }

    [Test]
    public void Of_a_key_each_line_is_hidden()
    {
        var mask = new SecretMask();
        mask.Add("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END PRIVATE KEY-----\n");

        Assert.That(
            mask.Apply("-----BEGIN PRIVATE KEY-----|MIIEvQIBADANBg|kqhkiG9w0BAQEF"), Is.EqualTo("-----BEGIN PRIVATE KEY-----|********|********"));
    }

    [Test]
    public void A_text_without_secrets_is_not_copied()
    {
        var mask = new SecretMask();
        mask.Add("hunter2!");
        var text = new string('x', 100);

        Assert.That(mask.Apply(text), Is.SameAs(text));
    }
}
