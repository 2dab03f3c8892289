using Executor.Core.Configuration;
using Executor.Core.Logs.Shipping;

namespace Executor.Core.Logs;

/// <summary>The settings of a task's output.</summary>
public static class LogSettings
{
    public static readonly Setting<LogMode> Mode = Setting.Choice(
        "EXECUTOR_LOG_MODE", LogMode.File,
        "Where a task's output goes: into the sandbox's files, to the receivers, to both, or nowhere.");

    public static readonly Setting<long> RotateSize = Setting.Size(
        "EXECUTOR_LOG_ROTATE_SIZE", "100MiB",
        "The size at which stdout and stderr of the sandbox are renamed and begun anew, at the end of a line; 0B is never, and then a task whose output is not shipped writes to the files itself.") with
    { Example = "50MiB" };

    public static readonly Setting<int?> RotateKeep = Setting.Number(
        "EXECUTOR_LOG_ROTATE_KEEP", 5, 0, 1000, "How many renamed files of each stay: stdout.1 is the youngest.") with
    { Example = "10" };

    public static readonly Setting<bool> RotateGzip = Setting.Flag(
        "EXECUTOR_LOG_ROTATE_GZIP", false, "Whether renamed files are compressed: stdout.1.gz.");

    public static readonly Setting<LogFormat> Format = Setting.Choice(
        "EXECUTOR_LOG_FORMAT", LogFormat.Auto,
        "What the lines of a task are that go to the receivers.");

    public static readonly Setting<LogProtocol> Protocol = Setting.Choice(
        "EXECUTOR_LOG_PROTOCOL", LogProtocol.Tcp,
        "How receivers are spoken to: JSON objects, one per line, over tcp, udp or tls; or Lumberjack v2, the protocol of Beats, plain or over TLS.");

    public static readonly Setting<IReadOnlyList<HostAndPort>> Addresses = new(
        "EXECUTOR_LOG_ADDRESSES", "", HostAndPort.ListAccepted,
        "The receivers. One is used at a time; the next one when it fails, or when its turn is over.",
        HostAndPort.TryParseList)
    {
        None = [],
        Example = "10.0.0.21:5044,10.0.0.22:5044",
    };

    public static readonly Setting<string?> ConsulService = Setting.Text(
        "EXECUTOR_LOG_CONSUL_SERVICE", "the name of a service",
        "A service whose healthy instances in Consul are the receivers, instead of EXECUTOR_LOG_ADDRESSES.") with
    { Example = "logstash" };

    public static readonly Setting<string?> Authorities = Setting.AbsolutePath(
        "EXECUTOR_LOG_CA", PathKind.File, "A PEM file of the authorities to trust for receivers, instead of the host's.") with
    { Example = "/etc/executor/logs-ca.pem" };

    public static readonly Setting<string?> Certificate = Setting.AbsolutePath(
        "EXECUTOR_LOG_CERT", PathKind.File, "A PEM file with the certificate to show to receivers.") with
    { Example = "/etc/executor/logs.pem" };

    public static readonly Setting<string?> Key = Setting.AbsolutePath(
        "EXECUTOR_LOG_KEY", PathKind.File, "A PEM file with its private key.") with
    { Example = "/etc/executor/logs.key" };

    public static readonly Setting<bool> VerifyTls = Setting.Flag(
        "EXECUTOR_LOG_TLS_VERIFY", true, "Whether a receiver's certificate is verified.");

    public static readonly Setting<string?> TlsName = Setting.Text(
        "EXECUTOR_LOG_TLS_NAME", "a host name", "The name that the certificate of a receiver has to be for; without it, its address.",
        text => Uri.CheckHostName(text) != UriHostNameType.Unknown) with
    { Example = "logs.example.org" };

    public static readonly Setting<TimeSpan> Timeout = new Setting<TimeSpan>(
        "EXECUTOR_LOG_TIMEOUT", "10secs", "a duration of 1ms or more",
        "How long a receiver may take for a connection, for accepting what is sent, and over Lumberjack for an acknowledgement, before the next one is tried.",
        (string text, out TimeSpan timeout) => MesosDuration.TryParse(text, out timeout) && timeout >= TimeSpan.FromMilliseconds(1)) with
    { Example = "5secs" };

    public static readonly Setting<TimeSpan> Turn = Setting.Duration(
        "EXECUTOR_LOG_TURN", "5mins", "How long one receiver is used where there are several; then the next one has its turn.") with
    { Example = "1mins" };

    public static readonly Setting<int?> Window = Setting.Number(
        "EXECUTOR_LOG_WINDOW", 2048, 1, 65536, "Lumberjack: how many events are sent before they have to be acknowledged.") with
    { Example = "512" };

    public static readonly Setting<int?> Compression = Setting.Number(
        "EXECUTOR_LOG_COMPRESSION", 1, 0, 9, "Lumberjack: the level at which what is sent is compressed; 0 is not at all.") with
    { Example = "3" };

    public static readonly Setting<long> Memory = Setting.Size(
        "EXECUTOR_LOG_MEMORY", "8MiB", "How much output of a task waits for a receiver in memory, before it goes to disk.") with
    { Example = "16MiB" };

    public static readonly Setting<long> Spool = Setting.Size(
        "EXECUTOR_LOG_SPOOL", "256MiB", "How much of it waits on disk, in the sandbox.") with
    { Example = "1GiB" };

    public static readonly Setting<LogOverflow> Overflow = Setting.Choice(
        "EXECUTOR_LOG_OVERFLOW", LogOverflow.Newest, "What is dropped, and counted, where both are full.");

    public static readonly Setting<TimeSpan> Flush = Setting.Duration(
        "EXECUTOR_LOG_FLUSH", "2secs",
        "How long the receivers may take for the rest once a task has ended; what is left then stays in the sandbox, in unshipped-TASK.json. The limit of the stage after-exit holds, too.") with
    { Example = "5secs" };

    public static readonly Setting<int?> RateLimit = Setting.Number(
        "EXECUTOR_LOG_RATE_LIMIT", 0, 0, int.MaxValue,
        "How many lines of a task are shipped in a second; those beyond are dropped and counted. 0 is any number.") with
    { Example = "1000" };

    public static readonly Setting<long> LineSize = new(
        "EXECUTOR_LOG_LINE_SIZE", "1MiB", "a size from 1KiB to 64MiB",
        "The longest event that is shipped; what is beyond is cut, marked and counted.",
        TryParseLineSize)
    {
        Example = "64KiB",
    };

    public static readonly Setting<IReadOnlyList<string>> IgnoreKeys = Setting.List(
        "EXECUTOR_LOG_IGNORE_KEYS", "keys of JSON and logfmt lines", "Fields that are not shipped.") with
    { Example = "password,token" };

    public static readonly Setting<bool> StripAnsi = Setting.Flag(
        "EXECUTOR_LOG_STRIP_ANSI", false, "Whether colours and other escape sequences of terminals are taken out of what is shipped.");

    public static readonly Setting<IReadOnlyDictionary<string, string>> FieldNames = new(
        "EXECUTOR_LOG_FIELD_NAMES", "", $"name=other name, separated by commas; names are {string.Join(", ", TaskFields.Names)}",
        "Other names for the fields that the executor adds; an empty one leaves the field out.",
        TryParseNames)
    {
        None = new Dictionary<string, string>(),
        Example = "task=mesos_task,region=dc",
    };

    public static readonly Setting<string?> Region = Setting.Text(
        "EXECUTOR_LOG_REGION", "any text", "The field region of every event. CLOUD_REGION counts where it is not set.") with
    { Fallback = "CLOUD_REGION", Example = "eu-west" };

    public static readonly Setting<string?> Zone = Setting.Text(
        "EXECUTOR_LOG_ZONE", "any text", "The field zone of every event. CLOUD_AVAILABILITY_ZONE counts where it is not set.") with
    { Fallback = "CLOUD_AVAILABILITY_ZONE", Example = "eu-west-2" };

    public static readonly Setting<bool> Own = Setting.Flag(
        "EXECUTOR_LOG_OWN", false, "Whether the executor's own log is shipped beside the output of tasks that are, marked stream=executor.");

    public static IReadOnlyList<Setting> All { get; } =
    [
        Mode, RotateSize, RotateKeep, RotateGzip, Format, Protocol, Addresses, ConsulService, Authorities, Certificate, Key,
        VerifyTls, TlsName, Timeout, Turn, Window, Compression, Memory, Spool, Overflow, Flush, RateLimit, LineSize, IgnoreKeys, StripAnsi,
        FieldNames, Region, Zone, Own,
    ];

    private static bool TryParseLineSize(string text, out long size) =>
        ByteSize.TryParse(text, out size) && size is >= 1 << 10 and <= 64 << 20;

    private static bool TryParseNames(string text, out IReadOnlyDictionary<string, string> names)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        names = found;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split('=', 2, StringSplitOptions.TrimEntries) is not [var name, var other] || !TaskFields.Names.Contains(name)) return false;
            found[name] = other;
        }

        return true;
    }
}
