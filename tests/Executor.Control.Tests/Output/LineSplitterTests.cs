using System.Text;
using Executor.Control.Output;

namespace Executor.Control.Tests.Output;

public class LineSplitterTests
{
    private readonly List<string> _lines = [];

    [SetUp]
    public void SetUp() => _lines.Clear();

    private LineSplitter Split(int longest = 1024) => new(_lines.Add, longest);

    [Test]
    public void A_line_comes_whole_however_it_is_read()
    {
        var splitter = Split();
        foreach (var value in "zażółć\ngęślą\n"u8.ToArray()) splitter.Write([value]);
        Assert.That(_lines, Is.EqualTo(new[] { "zażółć", "gęślą" }));
    }

    [Test]
    public void Many_lines_in_one_read_come_one_by_one()
    {
        Split().Write("a\n\nb\r\nc"u8);
        Assert.That(_lines, Is.EqualTo(new[] { "a", "", "b" }));
    }

    [Test]
    public void The_last_line_needs_no_end()
    {
        var splitter = Split();
        splitter.Write("a\nb"u8);
        splitter.Complete();
        Assert.That(_lines, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void Nothing_after_the_last_end_is_no_line()
    {
        var splitter = Split();
        splitter.Write("a\n"u8);
        splitter.Complete();
        Assert.That(_lines, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void Bytes_that_are_no_text_do_no_harm()
    {
        Split().Write([0x00, 0xFF, 0xC3, (byte)'\n', (byte)'b', (byte)'\n']);
        Assert.That(_lines, Is.EqualTo(new[] { "\0\uFFFD\uFFFD", "b" }));
    }

    [Test]
    public void A_line_that_is_too_long_comes_once_and_cut()
    {
        var splitter = Split(longest: 4);
        splitter.Write("abc"u8);
        splitter.Write(Encoding.UTF8.GetBytes(new string('d', 1_000_000)));
        splitter.Write("e\nf\n"u8);
        Assert.That(_lines, Is.EqualTo(new[] { "abcd… (1000000 more bytes of this line are in the sandbox only)", "f" }));
    }
}
