namespace Executor.Core.Logs.Shipping;

/// <summary>How a receiver is spoken to.</summary>
public enum LogProtocol
{
    /// <summary>Logstash's <c>json_lines</c>: what was on its way when a connection breaks can be lost.</summary>
    Tcp,

    /// <summary>One JSON object per datagram: anything can be lost.</summary>
    Udp,

    /// <summary>As <see cref="Tcp"/>, inside TLS.</summary>
    Tls,

    /// <summary>Lumberjack v2: every event is there at least once.</summary>
    Lumberjack,

    /// <summary>As <see cref="Lumberjack"/>, inside TLS.</summary>
    LumberjackTls,
}
