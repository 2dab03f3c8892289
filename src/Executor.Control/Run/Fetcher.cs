using System.Formats.Tar;
using System.IO.Compression;
using Executor.Control.Marathon;

namespace Executor.Control.Run;

/// <summary>
/// What the Mesos fetcher does for local files: copies each artifact into a sandbox, makes it executable or extracts it.
/// </summary>
/// <param name="folder">Where relative paths start: the folder of the app's file.</param>
internal sealed class Fetcher(string folder)
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly string[] OtherArchives = [".tbz2", ".tar.bz2", ".txz", ".tar.xz"];

    /// <exception cref="UsageException">An artifact is not there, cannot be read, or is no archive it could extract.</exception>
    public void Fetch(IReadOnlyList<Artifact> artifacts, string sandbox)
    {
        foreach (var artifact in artifacts)
        {
            var source = Locate(artifact);
            var target = Path.Combine(sandbox, artifact.DestPath ?? Path.GetFileName(source));
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(source, target, overwrite: true);
                // As in Mesos, what is executable is not extracted.
                if (artifact.Executable) File.SetUnixFileMode(target, File.GetUnixFileMode(target) | AnyExecute);
                else if (artifact.Extract) Extract(artifact, target, sandbox);
            }
            catch (UnauthorizedAccessException)
            {
                throw Wrong(artifact, $"{source} cannot be read or {target} not written: permission denied", "a readable file");
            }
            catch (IOException)
            {
                throw Wrong(artifact, $"{source} cannot be copied or extracted to {target}", "a readable file, and space for it");
            }
        }
    }

    private string Locate(Artifact artifact)
    {
        const string accepted = "a file on this machine, as a path or a file:// URI; a relative path starts at the app's file";
        var uri = artifact.Uri;
        if (uri.StartsWith("file://", StringComparison.Ordinal)) uri = Uri.UnescapeDataString(uri["file://".Length..]);
        else if (uri.Contains("://", StringComparison.Ordinal)) throw Wrong(artifact, $"\"{artifact.Uri}\" is not local", accepted);

        if (uri.Contains('\0', StringComparison.Ordinal)) throw Wrong(artifact, $"\"{artifact.Uri}\" is no path", accepted);
        var path = Path.GetFullPath(uri, folder);
        if (Directory.Exists(path)) throw Wrong(artifact, $"{path} is a folder", accepted);
        return File.Exists(path) ? path : throw Wrong(artifact, $"{path} does not exist", accepted);
    }

    private static void Extract(Artifact artifact, string archive, string sandbox)
    {
        try
        {
            if (EndsWith(".tar.gz") || EndsWith(".tgz"))
            {
                using var packed = File.OpenRead(archive);
                using var tar = new GZipStream(packed, CompressionMode.Decompress);
                TarFile.ExtractToDirectory(tar, sandbox, overwriteFiles: true);
            }
            else if (EndsWith(".tar"))
            {
                TarFile.ExtractToDirectory(archive, sandbox, overwriteFiles: true);
            }
            else if (EndsWith(".zip"))
            {
                ZipFile.ExtractToDirectory(archive, sandbox, overwriteFiles: true);
            }
            else if (OtherArchives.Any(EndsWith))
            {
                throw Wrong(artifact, $"{archive} cannot be extracted here", ".tar, .tar.gz, .tgz or .zip, or \"extract\": false");
            }
        }
        catch (InvalidDataException)
        {
            throw Wrong(artifact, $"{archive} is not a sound archive", "an archive of the kind its name says");
        }

        bool EndsWith(string ending) => archive.EndsWith(ending, StringComparison.Ordinal);
    }

    private static UsageException Wrong(Artifact artifact, string what, string accepted) =>
        new($"{artifact.Path}: {what}; accepted: {accepted}");
}
