using Executor.Core.Configuration;

namespace Executor.Core.Discovery.Consul;

/// <summary>When a task counts as announced.</summary>
public enum ConsulWait
{
    /// <summary>Consul's agent has taken the registration.</summary>
    Registered,

    /// <summary>A health query on that agent returns the instance.</summary>
    Resolvable,
}

/// <summary>
/// The settings of Consul. Every CONSUL_ variable that Consul's own clients read counts as well, where its EXECUTOR_CONSUL_
/// namesake is not set.
/// </summary>
public static class ConsulSettings
{
    private const string Prefix = "EXECUTOR_CONSUL_";

    /// <summary>Consul takes nothing shorter (its documentation of checks).</summary>
    private static readonly TimeSpan ShortestDeregistration = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ShortestTtl = TimeSpan.FromSeconds(3);

    public static readonly Setting<bool> Enabled = Setting.Flag(
        "EXECUTOR_CONSUL", true, "Whether tasks with the label consul are registered with Consul.");

    public static readonly Setting<string?> Address = Client(
        "HTTP_ADDR", "host:port, or an http://, https:// or unix:// address",
        $"Consul's agent. This and each of the following up to {Prefix}PARTITION counts without its EXECUTOR_ too (CONSUL_HTTP_ADDR and so on, as Consul's own clients read them), where the one with it is not set.",
        "https://consul.example.org:8501", text => ConsulAddress.TryParse(text, false, out _)) with
    { Default = "127.0.0.1:8500" };

    public static readonly Setting<string?> Token = Client(
        "HTTP_TOKEN", "an ACL token", "The ACL token. A secret.", "b1gs3cr3t", Setting.IsHeaderWord) with
    { IsSecret = true };

    public static readonly Setting<string?> TokenFile = Client(
        "HTTP_TOKEN_FILE", PathKind.File, "A file that holds the ACL token; wins over the token, and is read anew for each request.",
        "/etc/executor/consul.token");

    public static readonly Setting<string?> Authorization = Client(
        "HTTP_AUTH", "user:password", "Credentials for a proxy before Consul's agent. A secret.", "executor:pa55word", Setting.IsHeaderWord) with
    { IsSecret = true };

    public static readonly Setting<bool> Ssl = ClientFlag("HTTP_SSL", false, "Whether an address without a scheme is https.");

    public static readonly Setting<bool> SslVerify = ClientFlag("HTTP_SSL_VERIFY", true, "Whether the agent's certificate is verified.");

    public static readonly Setting<string?> CaFile = Client(
        "CACERT", PathKind.File, "A PEM file of authorities to trust instead of the host's.", "/etc/executor/consul-ca.pem");

    public static readonly Setting<string?> CaFolder = Client(
        "CAPATH", PathKind.Folder, "A folder of such files.", "/etc/executor/consul-ca");

    public static readonly Setting<string?> ClientCertificate = Client(
        "CLIENT_CERT", PathKind.File, "A PEM file with the certificate to show to the agent.", "/etc/executor/consul.pem");

    public static readonly Setting<string?> ClientKey = Client(
        "CLIENT_KEY", PathKind.File, "A PEM file with its private key.", "/etc/executor/consul.key");

    public static readonly Setting<string?> ServerName = Client(
        "TLS_SERVER_NAME", "a host name", "The name that the agent's certificate has to be for.", "server.dc1.consul",
        text => Uri.CheckHostName(text) != UriHostNameType.Unknown);

    public static readonly Setting<string?> Namespace = Client(
        "NAMESPACE", "a name", "The namespace of the services (Consul Enterprise).", "shop");

    public static readonly Setting<string?> Partition = Client("PARTITION", "a name", "Their admin partition (Consul Enterprise).", "eu");

    public static readonly Setting<string?> Tag = Setting.Text(
        "EXECUTOR_CONSUL_TAG", "a tag", "A tag of every service; what reconciles Consul with Marathon finds services by it.") with
    { Default = "marathon", Example = "marathon-eu" };

    public static readonly Setting<TimeSpan> Ttl = new(
        "EXECUTOR_CONSUL_TTL", "30secs", "a duration of 3secs or more",
        "How long Consul counts on an executor that it hears nothing from; it hears of each change at once, and else three times as often as this.",
        (string text, out TimeSpan value) => MesosDuration.TryParse(text, out value) && value >= ShortestTtl)
    {
        Example = "1mins",
    };

    public static readonly Setting<TimeSpan> DeregisterAfter = new(
        "EXECUTOR_CONSUL_DEREGISTER_AFTER", "5mins", "a duration of 1mins or more",
        "How long a service is critical before Consul removes it: what is left of a host's crash.",
        (string text, out TimeSpan value) => MesosDuration.TryParse(text, out value) && value >= ShortestDeregistration)
    {
        Example = "10mins",
    };

    public static readonly Setting<ConsulWait> Wait = Setting.Choice(
        "EXECUTOR_CONSUL_WAIT", ConsulWait.Registered,
        "When a task counts as announced: when Consul's agent has taken the registration, or when a health query there returns it.");

    public static IReadOnlyList<Setting> All { get; } =
    [
        Enabled, Address, Token, TokenFile, Authorization, Ssl, SslVerify, CaFile, CaFolder, ClientCertificate, ClientKey,
        ServerName, Namespace, Partition, Tag, Ttl, DeregisterAfter, Wait,
    ];

    private static Setting<string?> Client(
        string name, string accepted, string description, string example, Func<string, bool>? accepts = null) =>
        Client(Setting.Text($"{Prefix}{name}", accepted, description, accepts), example);

    private static Setting<string?> Client(string name, PathKind kind, string description, string example) =>
        Client(Setting.AnyPath($"{Prefix}{name}", kind, description), example);

    private static Setting<string?> Client(Setting<string?> setting, string example) => setting with
    {
        Example = example,
        Fallback = setting.Name[Settings.Prefix.Length..],
    };

    /// <summary>Consul's clients are written in Go, and these are what Go takes for a flag.</summary>
    private static Setting<bool> ClientFlag(string name, bool initial, string description) => new(
        $"{Prefix}{name}", initial ? "true" : "false", "true, false, 1, 0", description,
        (string text, out bool value) =>
        {
            value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
            return value || text is "0" or "f" or "F" or "false" or "FALSE" or "False";
        })
    {
        Example = initial ? "false" : "true",
        Fallback = $"CONSUL_{name}",
    };
}
