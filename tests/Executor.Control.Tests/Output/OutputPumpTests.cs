using Executor.Control.Output;

namespace Executor.Control.Tests.Output;

public class OutputPumpTests
{
    [Test]
    [CancelAfter(20_000)]
    public async Task Bytes_go_to_the_file_as_they_are_and_lines_are_shown(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "stdout");
        var lines = new List<string>();
        var pump = OutputPump.Start(path, lines.Add, out var handle);
        byte[] bytes = [0, 0xFF, (byte)'\n', (byte)'e', (byte)'n', (byte)'d'];
        using (var writer = new FileStream(handle, FileAccess.Write, bufferSize: 0))
            await writer.WriteAsync(bytes, cancellationToken);
        await pump.Completion.WaitAsync(cancellationToken);

        Assert.That(await File.ReadAllBytesAsync(path, cancellationToken), Is.EqualTo(bytes));
        Assert.That(lines, Is.EqualTo(new[] { "\0\uFFFD", "end" }));
    }
}
