namespace Executor.Core.Processes;

/// <summary>
/// The authorities that the platform trusts where nothing else is said. They are read, some hundred files, before the first
/// TLS connection with a certificate of ours, even where that connection trusts others: half of what a task's
/// configuration would take.
/// </summary>
public static class HostAuthorities
{
    /// <summary>Puts a file in their place, for all of this process; comes before the first TLS connection.</summary>
    /// <param name="bundle">PEM.</param>
    /// <remarks>OpenSSL and the platform look at these variables in C; the runtime's own setter does not reach them.</remarks>
    public static void Replace(string bundle)
    {
        Libc.SetEnvironmentVariable("SSL_CERT_FILE", bundle);
        Libc.SetEnvironmentVariable("SSL_CERT_DIR", "/dev/null");
    }
}
