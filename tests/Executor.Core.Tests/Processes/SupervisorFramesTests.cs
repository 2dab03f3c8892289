using Executor.Core.Ports;
using Executor.Core.Processes;

namespace Executor.Core.Tests.Processes;

internal sealed class SupervisorFramesTests
{
    private static readonly byte[] Exited =
    [
        4, 0, 0, 0, 131,
        0, 7, 0, 0,
    ];

    [Test]
    public void A_start_lists_program_arguments_environment_directory_and_grace()
    {
        var description = new ProcessDescription
        {
            Program = "/bin/a",
            Arguments = ["a"],
            Environment = new Dictionary<string, string> { ["B"] = "c" },
            WorkingDirectory = "/",
            OrphanGrace = TimeSpan.FromMilliseconds(258),
        };

        byte[] expected =
        [
            44, 0, 0, 0, 1,
            5, 7, 0, 0, 0, (byte)'/', (byte)'b', (byte)'i', (byte)'n', (byte)'/', (byte)'a', 0,
            1, 2, 0, 0, 0, (byte)'a', 0,
            2, 4, 0, 0, 0, (byte)'B', (byte)'=', (byte)'c', 0,
            3, 2, 0, 0, 0, (byte)'/', 0,
            4, 4, 0, 0, 0, 2, 1, 0, 0,
        ];
        Assert.That(SupervisorFrames.EncodeStart(description), Is.EqualTo(expected));
    }

    [Test]
    public void A_start_beyond_the_limit_is_not_encoded()
    {
        var description = new ProcessDescription
        {
            Program = "a",
            Arguments = [new string('x', SupervisorFrames.MaxPayload)],
            Environment = new Dictionary<string, string>(),
            WorkingDirectory = "/",
        };

        Assert.That(SupervisorFrames.EncodeStart(description), Is.Null);
    }

    [Test]
    public void A_signal_is_its_number() =>
        Assert.That(SupervisorFrames.EncodeSignal(15), Is.EqualTo(new byte[] { 4, 0, 0, 0, 2, 15, 0, 0, 0 }));

    [Test]
    public void A_report_is_decoded_once_it_is_complete()
    {
        for (var have = 0; have < Exited.Length; have++)
            Assert.That(SupervisorFrames.Decode(Exited.AsSpan(0, have), out _), Is.Null);

        var report = SupervisorFrames.Decode([.. Exited, 0, 0], out var length) as SupervisorReport.Exited;

        Assert.That(length, Is.EqualTo(Exited.Length));
        Assert.That(report?.Exit, Is.EqualTo(new ProcessExit(7, null, false)));
    }

    [Test]
    public void Started_failed_and_empty_are_decoded()
    {
        Assert.That(
            SupervisorFrames.Decode([4, 0, 0, 0, 129, 1, 1, 0, 0], out _),
            Is.EqualTo(new SupervisorReport.Started(257)));
        Assert.That(
            SupervisorFrames.Decode([12, 0, 0, 0, 130, 6, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0], out _),
            Is.EqualTo(new SupervisorReport.Failed(StartStep.Limit, 1, 7)));
        Assert.That(
            SupervisorFrames.Decode(
                [24, 0, 0, 0, 132, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0], out _),
            Is.EqualTo(new SupervisorReport.Empty(new ResourceUsage(TimeSpan.FromMicroseconds(1), TimeSpan.FromMicroseconds(2), 4096))));
    }

    [TestCase(new byte[] { 0, 0, 0, 0, 1 }, TestName = "A_report_of_unknown_type_is_invalid")]
    [TestCase(new byte[] { 5, 0, 0, 0, 129 }, TestName = "A_report_of_the_wrong_length_is_invalid")]
    [TestCase(new byte[] { 24, 0, 0, 0, 132, 255, 255, 255, 255, 255, 255, 255, 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, TestName = "A_time_longer_than_any_is_invalid")]
    public void Nonsense_is_invalid(byte[] frame) =>
        Assert.That(() => SupervisorFrames.Decode(frame, out _), Throws.InstanceOf<InvalidDataException>());

    [TestCase(0x0000, 0, null, false)]
    [TestCase(0xff00, 255, null, false)]
    [TestCase(0x0009, null, 9, false)]
    [TestCase(0x008b, null, 11, true)]
    public void A_wait_status_is_a_code_or_a_signal(int status, int? code, int? signal, bool coreDumped) =>
        Assert.That(SupervisorFrames.DecodeStatus(status), Is.EqualTo(new ProcessExit(code, signal, coreDumped)));
}
