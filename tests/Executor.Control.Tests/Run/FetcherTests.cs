using System.Formats.Tar;
using System.IO.Compression;
using Executor.Control.Marathon;
using Executor.Control.Run;

namespace Executor.Control.Tests.Run;

public class FetcherTests
{
    private TemporaryFolder _folder = null!;
    private string _sandbox = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _sandbox = Directory.CreateDirectory(Path.Combine(_folder.Path, "sandbox")).FullName;
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    private void Fetch(string uri, bool extract = true, bool executable = false, string? destPath = null) =>
        new Fetcher(_folder.Path).Fetch([new Artifact(uri, extract, executable, false, destPath, "fetch[0].uri")], _sandbox);

    private string InSandbox(string name) => Path.Combine(_sandbox, name);

    [TestCase("tool.sh")]
    [TestCase("file://{0}/tool.sh")]
    [TestCase("{0}/tool.sh")]
    public void A_file_is_copied_from_a_path_or_a_file_URI(string uri)
    {
        _folder.Write("tool.sh", "echo");
        Fetch(string.Format(System.Globalization.CultureInfo.InvariantCulture, uri, _folder.Path));
        Assert.That(File.ReadAllText(InSandbox("tool.sh")), Is.EqualTo("echo"));
    }

    [Test]
    public void An_executable_can_be_run_and_is_not_extracted()
    {
        _folder.Write("app.zip", "a program with an odd name");
        Fetch("app.zip", executable: true);
        Assert.That(File.GetUnixFileMode(InSandbox("app.zip")).HasFlag(UnixFileMode.UserExecute), Is.True);
    }

    [Test]
    public void A_file_may_go_elsewhere_in_the_sandbox()
    {
        _folder.Write("tool.sh", "echo");
        Fetch("tool.sh", destPath: "bin/tool");
        Assert.That(File.Exists(InSandbox("bin/tool")), Is.True);
    }

    [TestCase("app.tar.gz")]
    [TestCase("app.tgz")]
    [TestCase("app.tar")]
    [TestCase("app.zip")]
    public void An_archive_is_extracted(string name)
    {
        _folder.Write("content/inner/file", "packed");
        Pack(name);
        Fetch(name);
        Assert.That(File.ReadAllText(InSandbox("inner/file")), Is.EqualTo("packed"));
    }

    [Test]
    public void An_archive_stays_packed_when_so_asked()
    {
        _folder.Write("content/inner/file", "packed");
        Pack("app.zip");
        Fetch("app.zip", extract: false);
        Assert.That(Directory.GetFileSystemEntries(_sandbox), Has.Length.EqualTo(1));
    }

    [Test]
    public void What_cannot_be_fetched_is_named()
    {
        _folder.Write("broken.zip", "no archive");
        _folder.Write("app.tar.xz", "cannot");
        using (Assert.EnterMultipleScope())
        {
            Refused("missing", $"fetch[0].uri: {_folder.Path}/missing does not exist; accepted: a file on this machine");
            Refused("sandbox", $"fetch[0].uri: {_folder.Path}/sandbox is a folder; accepted: a file on this machine");
            Refused("https://example.com/a", "fetch[0].uri: \"https://example.com/a\" is not local; accepted: a file");
            Refused("broken.zip", $"fetch[0].uri: {_sandbox}/broken.zip is not a sound archive; accepted: an archive");
            Refused("app.tar.xz", $"fetch[0].uri: {_sandbox}/app.tar.xz cannot be extracted here; accepted: .tar, ");
        }
    }

    private void Refused(string uri, string message) =>
        Assert.That(() => Fetch(uri), Throws.TypeOf<UsageException>().With.Message.StartsWith(message));

    private void Pack(string name)
    {
        var content = Path.Combine(_folder.Path, "content");
        var archive = Path.Combine(_folder.Path, name);
        if (name.EndsWith(".zip", StringComparison.Ordinal))
        {
            ZipFile.CreateFromDirectory(content, archive);
            return;
        }

        using Stream file = File.Create(archive);
        using var packed = name.EndsWith(".tar", StringComparison.Ordinal) ? file : new GZipStream(file, CompressionLevel.Fastest);
        TarFile.CreateFromDirectory(content, packed, includeBaseDirectory: false);
    }
}
