using System.Net;
using System.Net.Sockets;
using Executor.Libprocess;
using static Executor.EndToEnd.Tests.Doctor.DoctorRun;

namespace Executor.EndToEnd.Tests.Doctor;

/// <summary>What doctor says of a variable is what the executor makes of it.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[CancelAfter(30_000)]
public sealed class AgreementTests(DriverKind driver)
{
    [TestCase("LIBPROCESS_IP", "127.0.0.1")]
    [TestCase("LIBPROCESS_IP", "")]
    [TestCase("LIBPROCESS_IP", "10")]
    [TestCase("LIBPROCESS_IP", "host.example")]
    [TestCase("LIBPROCESS_IP", "192.0.2.1")]
    [TestCase("LIBPROCESS_IP", "fe80::1")]
    [TestCase("LIBPROCESS_PORT", "0")]
    [TestCase("LIBPROCESS_PORT", "70000")]
    [TestCase("LIBPROCESS_ADVERTISE_IP", "127.0.0.1")]
    [TestCase("LIBPROCESS_ADVERTISE_IP", "localhost")]
    [TestCase("LIBPROCESS_ADVERTISE_PORT", "0")]
    [TestCase("MESOS_RECOVERY_TIMEOUT", "15")]
    public Task On_a_variable(string name, string value, CancellationToken limit) => AgreeAsync(name, value, limit);

    [Test]
    public async Task On_a_port_that_is_taken(CancellationToken limit)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await AgreeAsync("LIBPROCESS_PORT", $"{((IPEndPoint)taken.LocalEndpoint).Port}", limit);
    }

    private async Task AgreeAsync(string name, string value, CancellationToken limit)
    {
        (string, string)[] settings = [.. driver.Settings().Select(setting => (setting.Key, setting.Value))];
        var doctor = await JsonAsync(limit, [.. settings, ("LIBPROCESS_IP", "127.0.0.1"), (name, value)]);

        await using var rig = new AgentRig(driver, limit);
        rig.LaunchWithVariable(name, value);
        var exited = await rig.NextAsync<AgentEvent.ExecutorExited>();

        Assert.That(doctor.ExitCode, Is.EqualTo(exited.Exit?.Code), doctor.Output + await rig.ErrorsAsync());
    }
}
