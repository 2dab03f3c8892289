using System.Text;
using Executor.Core.Hooks;

namespace Executor.Core.Tests.Hooks;

public sealed class FileNameTests
{
    [Test]
    public void A_name_that_fits_stays_as_it_is() => Assert.That(FileName.Shortened(new string('a', 200), 200), Is.EqualTo(new string('a', 200)));

    [TestCase('a')]
    [TestCase('é')]
    [TestCase('漢')]
    public void A_longer_one_is_cut_between_letters_and_stays_its_own(char letter)
    {
        var (one, other) = (FileName.Shortened(new string(letter, 300), 200), FileName.Shortened(new string(letter, 301), 200));

        Assert.That(Encoding.UTF8.GetByteCount(one), Is.InRange(190, 200));
        Assert.That(one, Does.Match($"^{letter}+-[0-9a-f]{{32}}$"));
        Assert.That(other, Is.Not.EqualTo(one));
    }
}
