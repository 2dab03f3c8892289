namespace Executor.Control.Marathon;

/// <summary>Reads <c>fetch</c> and the older <c>uris</c>.</summary>
internal static class ArtifactReader
{
    private static readonly string[] ArchiveEndings =
        [".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz", ".zip"];

    public static IReadOnlyList<Artifact> Read(JsonField? fetch, JsonField? uris)
    {
        const string accepted = "a path or a file:// URI";
        if (fetch is not null && uris is { } both) throw both.Wrong("either fetch or uris, not both");
        var artifacts = (fetch?.AsArray("an array of objects") ?? []).Select(ReadArtifact);
        // An old uri carries no wishes: Marathon asks to extract it by its ending.
        var old = (uris?.AsArray("an array of strings") ?? [])
            .Select(uri => (Text: uri.AsString(accepted), uri.Path))
            .Select(uri => new Artifact(uri.Text, ArchiveEndings.Any(uri.Text.EndsWith), false, false, null, uri.Path));
        return [.. artifacts, .. old];
    }

    private static Artifact ReadArtifact(JsonField artifact)
    {
        const string accepted = "a path or a file:// URI";
        artifact.AsObject(AppFields.Artifact);
        if (artifact["uri"] is not { } uri)
            throw new UsageException($"{artifact.Path}.uri: the artifact has none; accepted: {accepted}");
        return new Artifact(
            uri.AsString(accepted),
            artifact["extract"]?.AsBoolean() ?? true,
            artifact["executable"]?.AsBoolean() ?? false,
            artifact["cache"]?.AsBoolean() ?? false,
            artifact["destPath"] is { } path ? ReadDestPath(path) : null,
            uri.Path);
    }

    private static string ReadDestPath(JsonField field)
    {
        const string accepted = "a relative path inside the sandbox";
        var path = field.AsString(accepted);
        return Path.IsPathRooted(path) || path.Split('/').Contains("..") ? throw field.Wrong(accepted) : path;
    }
}
