using System.Globalization;
using System.Text.Json;

namespace Executor.Control.Marathon;

/// <summary>
/// Reads a Marathon app definition. Names that Marathon knows but that mean nothing on one machine are accepted and
/// ignored; anything Marathon would not know is refused, because a misspelt name is the usual cause of a silent fault.
/// </summary>
internal static class AppReader
{
    private const string IdRule = "a path of lower-case letters, digits, dots and inner hyphens, such as /shop/cart";

    /// <exception cref="UsageException">The file cannot be read, is not JSON, or a field is wrong or unknown.</exception>
    public static AppDefinition ReadFile(string path, TimeProvider time)
    {
        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var why = Directory.Exists(path) ? "is a folder" : File.Exists(path) ? "cannot be read" : "does not exist";
            throw new UsageException($"{path}: the file {why}; accepted: a Marathon app definition in JSON");
        }

        try
        {
            return Read(json, time);
        }
        catch (UsageException error)
        {
            throw new UsageException($"{path}: {error.Message}");
        }
    }

    /// <exception cref="UsageException">It is not JSON, or a field is wrong or unknown.</exception>
    public static AppDefinition Read(ReadOnlyMemory<byte> json, TimeProvider time)
    {
        if (json.Span.StartsWith("\uFEFF"u8)) json = json[3..];
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(new JsonField(document.RootElement, ""), time);
        }
        catch (JsonException error)
        {
            throw new UsageException(
                $"not JSON at line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}; "
                + "accepted: one Marathon app definition");
        }
        catch (InvalidOperationException)
        {
            throw new UsageException(
                "a text in it is no UTF-8, or a name has half of a surrogate pair; accepted: one Marathon app definition");
        }
    }

    private static AppDefinition Read(JsonField app, TimeProvider time)
    {
        app.AsObject(AppFields.App);
        var cmd = app["cmd"]?.AsString("a command line");
        // In every version seen it writes their words into a shell line and says that the line is none.
        if (app["args"] is { } args)
            throw args.Wrong("cmd, a command line: what Marathon makes of args cannot be started with a custom executor");
        if (cmd is null) throw new UsageException("cmd: nothing to run is given; accepted: a command line");

        if (app["container"] is { } container && container.Element.ValueKind != JsonValueKind.Object)
            throw container.Wrong("an object");
        if (app["container"]?["docker"] is { } docker)
            throw docker.Wrong("no docker image: tasks run as plain processes here");

        var ports = PortReader.Read(app);
        return new AppDefinition
        {
            Id = ReadId(app["id"]),
            Cmd = cmd,
            Env = ReadEnv(app["env"]),
            Labels = ReadLabels(app["labels"]),
            Ports = ports,
            RequirePorts = app["requirePorts"]?.AsBoolean() ?? false,
            HealthChecks = HealthCheckReader.Read(app["healthChecks"], ports.Count),
            Fetch = ArtifactReader.Read(app["fetch"], app["uris"]),
            KillGracePeriod = app["taskKillGracePeriodSeconds"] is { } grace
                ? TimeSpan.FromSeconds(grace.AsInteger(0))
                : null,
            Instances = app["instances"]?.AsInteger(0, AppDefinition.MostInstances) ?? 1,
            User = app["user"]?.AsString("a user's name"),
            Cpus = app["cpus"]?.AsNumber(0) ?? 1,
            Mem = app["mem"]?.AsNumber(0) ?? 128,
            Disk = app["disk"]?.AsNumber(0) ?? 0,
            Gpus = app["gpus"]?.AsInteger(0) ?? 0,
            ExecutorResources = ReadExecutorResources(app["executorResources"]),
            Version = app["version"]?.AsString("a time") ?? time.GetUtcNow()
                .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        };
    }

    private static string ReadId(JsonField? field)
    {
        if (field is not { } id) throw new UsageException($"id: the app has none; accepted: {IdRule}");
        var path = id.AsString(IdRule).TrimStart('/');
        return path.Split('/').All(IsIdSegment) ? "/" + path : throw id.Wrong(IdRule);
    }

    private static bool IsIdSegment(string segment) =>
        segment.Split('.').All(part =>
            part.Length > 0 && part[0] != '-' && part[^1] != '-'
            && part.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-'));

    private static List<KeyValuePair<string, string>> ReadEnv(JsonField? field)
    {
        const string accepted = "an object of strings";
        var variables = new List<KeyValuePair<string, string>>();
        foreach (var (name, value) in field?.AsMap(accepted) ?? [])
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
                throw value.Wrong("a name without '='");
            if (value.Element.ValueKind == JsonValueKind.Object)
                _ = value.AsObject(AppFields.Secret)["secret"]?.AsString("the name of a secret");
            else
                variables.Add(new(name, value.AsText("a string, or an object with secret")));
        }

        return variables;
    }

    public static IReadOnlyList<KeyValuePair<string, string>> ReadLabels(JsonField? field) =>
        [.. (field?.AsMap("an object of strings") ?? [])
            .Select(label => KeyValuePair.Create(label.Key, label.Value.AsText("a string")))];

    private static ExecutorResources? ReadExecutorResources(JsonField? field) =>
        field?.AsObject(AppFields.ExecutorResources) is { } resources
            ? new ExecutorResources(
                resources["cpus"]?.AsNumber(0) ?? 0,
                resources["mem"]?.AsNumber(0) ?? 0,
                resources["disk"]?.AsNumber(0) ?? 0)
            : null;
}
