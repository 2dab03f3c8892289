using System.Globalization;
using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Executor.Core.Logs;
using Executor.Core.Logs.Shipping;

namespace Executor.Core.Tests.Logs;

/// <summary>rsyslog and syslog-ng as they come from Debian, each an instance of its own.</summary>
[CancelAfter(60_000)]
[SupportedOSPlatform("linux")]
[Parallelizable]
public sealed class ReceiverTests
{
    private const int Lines = 50_000;

    /// <summary>What a socket's buffer holds.</summary>
    private const int Few = 200;

    [Test]
    public async Task Syslog_ng_gets_over_TCP_what_was_printed(CancellationToken limit)
    {
        var port = ShippingRig.FreePort();
        await using var rig = new ShippingRig(ShippingRig.Endpoint(LogProtocol.Tcp), port);
        await SyslogNgAsync(rig, $"transport(\"tcp\") port({port})", limit);
        await ExpectAllAsync(rig, Lines, limit);
    }

    [Test]
    public async Task Syslog_ng_gets_over_TLS_what_was_printed(CancellationToken limit)
    {
        var port = ShippingRig.FreePort();
        var authority = Certificate();
        await using var rig = new ShippingRig(Tls(authority), port);
        await WriteCertificateAsync(rig, authority, limit);
        await SyslogNgAsync(rig, $"transport(\"tls\") port({port}) tls(key-file(\"key.pem\") cert-file(\"cert.pem\") peer-verify(optional-untrusted))", limit);
        await ExpectAllAsync(rig, Lines, limit);
    }

    [Test]
    public async Task Syslog_ng_gets_over_UDP_what_was_printed(CancellationToken limit)
    {
        var port = ShippingRig.FreePort();
        await using var rig = new ShippingRig(ShippingRig.Endpoint(LogProtocol.Udp), port);
        await SyslogNgAsync(rig, $"transport(\"udp\") port({port})", limit);
        ExpectUdp(port);
        await ExpectAllAsync(rig, Few, limit);
    }

    [Test]
    public async Task Rsyslog_gets_over_UDP_what_was_printed(CancellationToken limit)
    {
        var port = ShippingRig.FreePort();
        await using var rig = new ShippingRig(ShippingRig.Endpoint(LogProtocol.Udp), port);
        await RsyslogAsync(rig, "", "imudp", $"port=\"{port}\"", "", limit);
        ExpectUdp(port);
        await ExpectAllAsync(rig, Few, limit);
    }

    [Test]
    public async Task Rsyslog_gets_over_TCP_what_was_printed(CancellationToken limit)
    {
        var port = ShippingRig.FreePort();
        await using var rig = new ShippingRig(ShippingRig.Endpoint(LogProtocol.Tcp), port);
        await RsyslogAsync(rig, "", "imtcp", $"port=\"{port}\"", "", limit);
        await ExpectAllAsync(rig, Lines, limit);
    }

    [Test]
    public async Task Rsyslog_gets_over_TLS_what_was_printed(CancellationToken limit)
    {
        var port = ShippingRig.FreePort();
        var authority = Certificate();
        await using var rig = new ShippingRig(Tls(authority), port);
        await WriteCertificateAsync(rig, authority, limit);
        await RsyslogAsync(
            rig,
            $"defaultNetstreamDriver=\"ossl\" defaultNetstreamDriverCAFile=\"{rig.Folder.File("cert.pem")}\" defaultNetstreamDriverCertFile=\"{rig.Folder.File("cert.pem")}\" defaultNetstreamDriverKeyFile=\"{rig.Folder.File("key.pem")}\"",
            "imtcp", $"port=\"{port}\"", "StreamDriver.Name=\"ossl\" StreamDriver.Mode=\"1\" StreamDriver.AuthMode=\"anon\"", limit);
        await ExpectAllAsync(rig, Lines, limit);
    }

    [Test]
    public async Task A_receiver_of_an_unknown_authority_gets_nothing(CancellationToken limit)
    {
        var port = ShippingRig.FreePort();
        await using var rig = new ShippingRig(Tls(Certificate()), port);
        await WriteCertificateAsync(rig, Certificate(), limit);
        await SyslogNgAsync(rig, $"transport(\"tls\") port({port}) tls(key-file(\"key.pem\") cert-file(\"cert.pem\") peer-verify(optional-untrusted))", limit);
        rig.Print(0, 10);
        Assert.That(() => rig.Counts[LogCount.ConnectionErrors], Is.GreaterThan(3).After(20_000, 20));
        rig.Shipper.Complete();
        rig.Shipper.Stop();
        await rig.Shipper.Ended.WaitAsync(limit);

        Assert.That(File.Exists(rig.Received), Is.False);
        Assert.That(ShippingRig.LinesOf(rig.Unshipped).Select(ShippingRig.Message), Is.EqualTo(Enumerable.Range(0, 10).Select(ShippingRig.Line)));
    }

    [Test]
    public async Task A_receiver_that_comes_back_gets_what_waited_on_disk_in_order(CancellationToken limit)
    {
        var port = ShippingRig.FreePort();
        await using var rig = new ShippingRig(ShippingRig.Endpoint(LogProtocol.Tcp), port, memoryPages: 1);
        rig.Print(0, Lines);
        Assert.That(() => Directory.Exists(rig.SpoolFolder) && Directory.GetFiles(rig.SpoolFolder).Length > 0, Is.True.After(20_000, 5));
        await SyslogNgAsync(rig, $"transport(\"tcp\") port({port})", limit);
        rig.Print(Lines, 2 * Lines);
        await ExpectAllAsync(rig, 2 * Lines, limit, alreadyPrinted: true);
        Assert.That(Directory.Exists(rig.SpoolFolder), Is.False);
    }

    [Test]
    [CancelAfter(180_000)]
    public async Task A_receiver_killed_20_times_misses_no_more_than_was_on_its_way(CancellationToken limit)
    {
        const int faults = 20;
        const int between = 5_000;
        const int buffer = 16 * 1024;
        const int window = 100;
        var port = ShippingRig.FreePort();
        var few = $"transport(\"tcp\") port({port}) so-rcvbuf({buffer}) log-iw-size({10 * window}) max-connections(10)";
        // A receiver of so little room takes its time on a busy machine, and is not to be left for that.
        await using var rig = new ShippingRig(ShippingRig.Endpoint(LogProtocol.Tcp) with { Timeout = TimeSpan.FromSeconds(30) }, port);
        for (var fault = 0; fault < faults; fault++)
        {
            await SyslogNgAsync(rig, few, limit);
            rig.Print(fault * between, (fault + 1) * between);
            var enough = (fault + 1) * between / 2;
            Assert.That(() => rig.Counts[LogCount.Shipped], Is.GreaterThanOrEqualTo(enough).After(60_000, 5));
            await rig.KillAsync();
        }

        await SyslogNgAsync(rig, few, limit);
        rig.Print(faults * between, (faults * between) + 1);
        rig.Shipper.Complete();
        await rig.Shipper.Ended.WaitAsync(limit);
        var last = ShippingRig.Line(faults * between);
        Assert.That(() => Whole(rig.Received).Any(line => ShippingRig.Message(line) == last), Is.True.After(20_000, 50));

        var got = Whole(rig.Received).Select(ShippingRig.Message).ToHashSet();
        var missing = Enumerable.Range(0, (faults * between) + 1).Count(i => !got.Contains(ShippingRig.Line(i)));
        // What the receiver's kernel had acknowledged, twice its buffer, and what the receiver had read and not written.
        var shortest = Whole(rig.Received).Min(line => line.Length);
        await TestContext.Out.WriteLineAsync($"missing {missing} lines of {faults * between} after {faults} kills; {rig.Counts}");
        Assert.That(missing, Is.LessThanOrEqualTo(faults * ((2 * buffer / shortest) + (2 * window))));
        Assert.That(rig.Counts[LogCount.DroppedFull], Is.Zero);
    }

    /// <summary>A receiver that was killed while it wrote leaves a piece of a line, in front of what is written next.</summary>
    private static IEnumerable<string> Whole(string file) => ShippingRig.LinesOf(file)
        .Where(line => line.EndsWith('}') && line.LastIndexOf('{') == 0);

    private static async Task ExpectAllAsync(ShippingRig rig, int lines, CancellationToken limit, bool alreadyPrinted = false)
    {
        if (!alreadyPrinted) rig.Print(0, lines);
        rig.Shipper.Complete();
        await rig.Shipper.Ended.WaitAsync(limit);
        var messages = await rig.MessagesAsync(lines, limit);

        Assert.That(Hash(messages), Is.EqualTo(Hash(Enumerable.Range(0, lines).Select(ShippingRig.Line))));
        Assert.That(rig.Counts[LogCount.Shipped], Is.EqualTo(lines));
    }

    private static string Hash(IEnumerable<string> lines) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));

    /// <summary>Waits until somebody listens.</summary>
    private static void ExpectUdp(int port)
    {
        var hex = port.ToString("X4", CultureInfo.InvariantCulture);
        Assert.That(() => File.ReadAllText("/proc/net/udp").Contains($"0100007F:{hex}", StringComparison.Ordinal), Is.True.After(20_000, 20));
    }

    private static async Task SyslogNgAsync(ShippingRig rig, string network, CancellationToken limit)
    {
        await File.WriteAllTextAsync(rig.Folder.File("syslog-ng.conf"), $$"""
            @version: 3.38
            options { stats-freq(0); keep-hostname(yes); use-dns(no); dns-cache(no); };
            source network { network(ip("127.0.0.1") {{network}} flags(no-parse) log-msg-size(1048576)); };
            destination received { file("{{rig.Received}}" template("${MSG}\n")); };
            log { source(network); destination(received); };

            """, limit);
        await rig.StartAsync(limit, "syslog-ng", "-F", "--no-caps", "-f", "syslog-ng.conf", "-R", "persist", "-p", "pid", "-c", "control");
    }

    private static async Task RsyslogAsync(ShippingRig rig, string global, string module, string input, string options, CancellationToken limit)
    {
        await File.WriteAllTextAsync(rig.Folder.File("rsyslog.conf"), $$"""
            global(workDirectory="{{rig.Folder.Path}}" net.enableDNS="off" parser.escapeControlCharactersOnReceive="off" {{global}})
            module(load="{{module}}" {{options}})
            template(name="raw" type="string" string="%rawmsg%\n")
            input(type="{{module}}" address="127.0.0.1" {{input}} ruleset="received")
            ruleset(name="received") { action(type="omfile" file="{{rig.Received}}" template="raw") }

            """, limit);
        var rsyslog = ShippingRig.Built("rsyslog");
        await rig.StartAsync(limit, $"{rsyslog}/usr/sbin/rsyslogd", "-n", "-M", $"{rsyslog}/usr/lib/x86_64-linux-gnu/rsyslog", "-f", "rsyslog.conf", "-i", rig.Folder.File("pid"));
    }

    private static LogEndpoint Tls(X509Certificate2 authority) => ShippingRig.Endpoint(LogProtocol.Tls) with
    {
        Tls = host =>
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.Add(authority);
            return new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = policy };
        },
    };

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    private static async Task WriteCertificateAsync(ShippingRig rig, X509Certificate2 certificate, CancellationToken limit)
    {
        await File.WriteAllTextAsync(rig.Folder.File("cert.pem"), certificate.ExportCertificatePem(), limit);
        await File.WriteAllTextAsync(rig.Folder.File("key.pem"), certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem(), limit);
    }
}
