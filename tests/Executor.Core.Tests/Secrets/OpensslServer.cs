using System.Diagnostics;
using Executor.Tests.Fakes.Https;

namespace Executor.Core.Tests.Secrets;

/// <summary>A TLS server that tells in an alert that it does not take a certificate; Kestrel only hangs up.</summary>
internal sealed class OpensslServer : IDisposable
{
    private readonly Process _server;

    /// <param name="authority">Of whom it takes certificates.</param>
    public OpensslServer(ConfigurationRig rig, TestAuthority authority, params string[] options)
    {
        using var own = rig.Authority.Issue("localhost");
        string[] arguments =
        [
            "s_server", "-accept", "127.0.0.1:0", "-www", "-Verify", "1", "-verify_return_error",
            "-cert", rig.Put("server.pem", own.Pem), "-key", rig.Put("server.key", own.KeyPem), "-CAfile", rig.Put("other.pem", authority.Pem),
        ];
        _server = Process.Start(new ProcessStartInfo("openssl", [.. arguments, .. options]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _server.ErrorDataReceived += (_, _) => { };
        _server.BeginErrorReadLine();
    }

    /// <returns><c>https://localhost:port</c>.</returns>
    public async Task<string> AddressAsync(CancellationToken cancel)
    {
        const string start = "ACCEPT 127.0.0.1:";
        while (await _server.StandardOutput.ReadLineAsync(cancel) is { } line)
        {
            if (line.StartsWith(start, StringComparison.Ordinal)) return $"https://localhost:{line[start.Length..]}";
        }

        throw new InvalidOperationException($"openssl s_server has ended with {_server.ExitCode}");
    }

    public void Dispose()
    {
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
    }
}
