using Executor.Core.Configuration;

namespace Executor.Core.Discovery.Vaas;

/// <summary>Where VaaS is told who asks.</summary>
public enum VaasAuthentication
{
    Header,
    Query,
}

/// <summary>The settings of VaaS, which tells Varnish where to send traffic.</summary>
public static class VaasSettings
{
    public static readonly Setting<Uri?> Url = new(
        "EXECUTOR_VAAS_URL", "", "an http:// or https:// address without user, query and fragment",
        "The VaaS server, without /api. Without it a label director does nothing but a warning in the log.",
        TryParseUrl)
    {
        Example = "https://vaas.example.org",
    };

    public static readonly Setting<string?> Username = Setting.Text(
        "EXECUTOR_VAAS_USERNAME", "ASCII without spaces and colons", "Who asks VaaS.",
        text => IsToken(text) && !text.Contains(':')) with
    { Example = "executor" };

    public static readonly Setting<string?> Token = Setting.Text(
        "EXECUTOR_VAAS_TOKEN", "ASCII without spaces", "The API key of that user. A secret.", IsToken) with
    { IsSecret = true, Example = "b1gs3cr3t" };

    public static readonly Setting<VaasAuthentication> Authentication = Setting.Choice(
        "EXECUTOR_VAAS_AUTH", VaasAuthentication.Header,
        "Where user and API key go: into the header Authorization, or, for servers that take nothing else, into the query, where proxies and access logs see them.");

    public static readonly Setting<string?> Dc = Setting.Text(
        "EXECUTOR_VAAS_DC", "a DC's symbol in VaaS", "The data centre that the backends are in. Needed where EXECUTOR_VAAS_URL is set.") with
    { Example = "dc1" };

    public static readonly Setting<int?> InitialWeight = Setting.Number(
        "EXECUTOR_VAAS_INITIAL_WEIGHT", null, 0, 100,
        "The weight of the backend. It wins over the label weight:<n>, and an app may set it in its own env.") with
    { Example = "50" };

    public static readonly Setting<string?> Ca = Setting.AbsolutePath(
        "EXECUTOR_VAAS_CA", PathKind.File, "A PEM file of the authorities to trust for VaaS, instead of the host's.") with
    { Example = "/etc/executor/vaas-ca.pem" };

    public static IReadOnlyList<Setting> All { get; } = [Url, Username, Token, Authentication, Dc, InitialWeight, Ca];

    private static bool TryParseUrl(string text, out Uri? value) =>
        Uri.TryCreate(text, UriKind.Absolute, out value)
        && (value.Scheme == Uri.UriSchemeHttp || value.Scheme == Uri.UriSchemeHttps)
        && value.UserInfo.Length == 0 && value.Query.Length == 0 && value.Fragment.Length == 0;

    /// <summary>What can stand in a header as it is.</summary>
    private static bool IsToken(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
