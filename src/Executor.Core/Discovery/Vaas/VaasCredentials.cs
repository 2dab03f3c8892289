using System.Net.Http.Headers;
using Executor.Core.Configuration;
using Executor.Core.Hooks;

namespace Executor.Core.Discovery.Vaas;

/// <summary>Who asks. It can be put on a request and out of a text, and is shown nowhere.</summary>
internal sealed class VaasCredentials
{
    private readonly string _username;
    private readonly string _token;
    private readonly bool _inQuery;

    private VaasCredentials(string username, string token, bool inQuery) =>
        (_username, _token, _inQuery) = (username, token, inQuery);

    /// <returns>Null where neither is set.</returns>
    /// <exception cref="InvalidTaskException">Only one of the two is.</exception>
    public static VaasCredentials? Read(Settings settings) => (settings.Get(VaasSettings.Username), settings.Get(VaasSettings.Token)) switch
    {
        (null, null) => null,
        (null, _) => throw new InvalidTaskException("EXECUTOR_VAAS_TOKEN is set, but EXECUTOR_VAAS_USERNAME is not: accepted are both or none"),
        (_, null) => throw new InvalidTaskException("EXECUTOR_VAAS_USERNAME is set, but EXECUTOR_VAAS_TOKEN is not: accepted are both or none"),
        var (username, token) => new VaasCredentials(username, token, settings.Get(VaasSettings.Authentication) == VaasAuthentication.Query),
    };

    public void Sign(HttpRequestMessage request)
    {
        if (!_inQuery)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("ApiKey", $"{_username}:{_token}");
            return;
        }

        var address = new UriBuilder(request.RequestUri!);
        address.Query = $"{address.Query}{(address.Query.Length > 0 ? "&" : "?")}username={Uri.EscapeDataString(_username)}&api_key={Uri.EscapeDataString(_token)}";
        request.RequestUri = address.Uri;
    }

    /// <summary>Blackens the key in what a server answered.</summary>
    public string Hide(string text) => text
        .Replace(_token, "***", StringComparison.Ordinal)
        .Replace(Uri.EscapeDataString(_token), "***", StringComparison.Ordinal);
}
