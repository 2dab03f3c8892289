namespace Executor.Core.Logs;

/// <summary>Where a task's output goes.</summary>
public enum LogMode
{
    /// <summary>Into the sandbox's <c>stdout</c> and <c>stderr</c>.</summary>
    File,

    /// <summary>To the receivers, and not into the files.</summary>
    Ship,

    Both,

    /// <summary>Nowhere: read, and forgotten.</summary>
    None,
}

/// <summary>What a task's lines are.</summary>
public enum LogFormat
{
    /// <summary>Each line is what it looks like: JSON, logfmt, or text.</summary>
    Auto,

    Json,

    Logfmt,

    /// <summary>Every line is a message.</summary>
    Raw,

    /// <summary>JSON with the fields of the reference executor: instance-id, scid, srchost.</summary>
    Logstash,
}

/// <summary>What is dropped where there is no room.</summary>
public enum LogOverflow
{
    Newest,
    Oldest,
}
