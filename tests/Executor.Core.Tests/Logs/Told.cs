using NLog;
using NLog.Config;
using NLog.Targets;

namespace Executor.Core.Tests.Logs;

/// <summary>A log, and what was said there.</summary>
internal sealed class Told : IDisposable
{
    private readonly MemoryTarget _target = new() { Layout = "${message}" };
    private readonly LogFactory _logs;

    /// <param name="logs">Null is one of its own.</param>
    public Told(LogFactory? logs = null)
    {
        _logs = logs ?? new LogFactory();
        var rules = new LoggingConfiguration(_logs);
        rules.AddRuleForAllLevels(_target);
        _logs.Configuration = rules;
        Log = _logs.GetLogger("told");
    }

    public Logger Log { get; }

    public IList<string> Lines => _target.Logs;

    public void Dispose()
    {
        _logs.Configuration = null;
        _target.Dispose();
    }
}
