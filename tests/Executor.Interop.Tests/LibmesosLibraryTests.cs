namespace Executor.Interop.Tests;

/// <summary>Other kinds of libmesos need a process each: the published programs tell of those.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LibmesosLibraryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("executor-interop-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Test]
    public void A_good_library_is_described_by_its_symbols()
    {
        var library = LibmesosLibrary.Open(StandIn.Path);

        Assert.That(library.Error, Is.Empty);
        Assert.That(library.Problem, Is.EqualTo(LibmesosProblem.None));
        Assert.That(library.Path, Is.EqualTo(StandIn.Path));
        Assert.That(library.Versions, Is.EqualTo("1.8 to 1.11"));
        Assert.That(library.StringAbi, Is.EqualTo("C++11"));
        Assert.That(library.FixedShutdownGrace, Is.Null);
        Assert.That(library.Symbols.Select(symbol => symbol.Found), Is.Not.Empty.And.All.True);
    }

    [Test]
    public void A_symbolic_link_is_followed_to_the_file_that_says_the_release()
    {
        var link = Path.Combine(_folder.FullName, "libmesos.so");
        File.CreateSymbolicLink(link, StandIn.Path);

        Assert.That(LibmesosLibrary.Open(link).Path, Is.EqualTo(StandIn.Path));
    }

    [Test]
    public void A_library_that_is_no_libmesos_lacks_all()
    {
        var library = LibmesosLibrary.Open("libm.so.6");

        Assert.That(library.Problem, Is.EqualTo(LibmesosProblem.LacksSymbol));
        Assert.That(library.Error, Does.EndWith("among others"));
        Assert.That(library.Symbols.Select(symbol => symbol.Found), Is.Not.Empty.And.All.False);
    }

    [TestCase("no-such-libmesos.so")]
    [TestCase("/no/such/libmesos.so")]
    public void A_missing_file_is_not_found(string path)
    {
        var library = LibmesosLibrary.Open(path);

        Assert.That(library.Problem, Is.EqualTo(LibmesosProblem.NotFound));
        Assert.That(library.Error, Does.StartWith(path));
    }

    [TestCase("text", "no ELF at all")]
    [TestCase("empty", "")]
    public void A_file_that_is_no_library_is_told_so(string name, string content)
    {
        var file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, content);

        Assert.That(LibmesosLibrary.Open(file).Problem, Is.EqualTo(LibmesosProblem.NotALibrary));
        Assert.That(LibmesosLibrary.Open(_folder.FullName).Problem, Is.EqualTo(LibmesosProblem.NotALibrary));
    }

    [TestCase(64)]
    [TestCase(4096)]
    [TestCase(-1)]
    public void A_library_that_is_cut_short_is_told_so_and_never_loaded(int length)
    {
        var whole = File.ReadAllBytes(StandIn.Path);
        var file = Path.Combine(_folder.FullName, "cut.so");
        File.WriteAllBytes(file, whole[..(length > 0 ? length : whole.Length / 2)]);

        var library = LibmesosLibrary.Open(file);

        Assert.That(library.Problem, Is.EqualTo(LibmesosProblem.NotALibrary));
        Assert.That(library.Error, Is.EqualTo($"{file}: the file is damaged or cut short"));
    }

    /// <summary>The machine is a 16-bit number at offset 18, the class a byte at offset 4.</summary>
    [TestCase(18, 183)]
    [TestCase(4, 1)]
    public void A_library_for_another_machine_is_told_so(int offset, byte value)
    {
        var bytes = File.ReadAllBytes(StandIn.Path);
        bytes[offset] = value;
        var file = Path.Combine(_folder.FullName, "other.so");
        File.WriteAllBytes(file, bytes);

        Assert.That(LibmesosLibrary.Open(file).Problem, Is.EqualTo(LibmesosProblem.WrongMachine));
    }
}
