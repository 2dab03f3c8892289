using System.Globalization;
using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Logs.Lines;
using NLog;

namespace Executor.Core.Logs.Shipping;

/// <summary>What the executor says of a task in each of its events.</summary>
internal static class TaskFields
{
    private static readonly Dictionary<string, string> ReferenceNames = new(StringComparer.Ordinal)
    {
        ["executor"] = "instance-id",
        ["host"] = "srchost",
    };

    /// <summary>Those that every task may have.</summary>
    public static readonly string[] Names = ["stream", "task", "app", "executor", "host", "agent", "framework", "region", "zone"];

    /// <summary>How many there may be.</summary>
    private const int Most = 64;

    /// <param name="stream">stdout, stderr or executor.</param>
    /// <param name="log">Where it says which fields are left out.</param>
    public static OwnFields Of(HookedTask task, LogFormat format, string stream, Settings settings, Logger log)
    {
        var fields = new Dictionary<string, string?>(StringComparer.Ordinal) { ["stream"] = stream };
        if (stream != "executor")
        {
            fields["task"] = task.Id;
            fields["app"] = task.Process.Environment.GetValueOrDefault("MARATHON_APP_ID") ?? task.Info.Name;
        }

        fields["executor"] = task.Executor.ExecutorId;
        fields["host"] = task.Executor.Agent;
        fields["agent"] = task.Info.SlaveId?.Value;
        fields["framework"] = task.Executor.Framework;
        fields["region"] = settings.Get(LogSettings.Region);
        fields["zone"] = settings.Get(LogSettings.Zone);
        var json = fields.Where(field => !string.IsNullOrEmpty(field.Value))
            .Select(field => KeyValuePair.Create(Name(field.Key, format, settings), OwnFields.Text(field.Value!)))
            .Concat(LogPlan.Words(task.Labels.Get(LogLabels.Fields))
                .Where(label => !string.IsNullOrEmpty(task.Labels.All.GetValueOrDefault(label)))
                .Select(label => KeyValuePair.Create(label, OwnFields.Text(task.Labels.All[label]))));
        // A whole number, as the reference has it.
        if (format == LogFormat.Logstash && long.TryParse(task.Labels.Get(LogLabels.ScId), NumberStyles.None, CultureInfo.InvariantCulture, out var scid))
            json = json.Append(KeyValuePair.Create("scid", scid.ToString(CultureInfo.InvariantCulture)));
        var all = json.Where(field => field.Key.Length > 0).ToArray();
        var kept = all.DistinctBy(field => field.Key).Take(Most).ToArray();
        var left = all.Except(kept).Select(field => field.Key).ToArray();
        if (left.Length > 0 && stream == "stdout")
            log.Warn("its events go without {0}: a field of that name is there already, or {1} are", string.Join(", ", left), Most);
        return new OwnFields(kept);
    }

    private static string Name(string name, LogFormat format, Settings settings) =>
        settings.Get(LogSettings.FieldNames).TryGetValue(name, out var other) ? other
        : format == LogFormat.Logstash ? ReferenceNames.GetValueOrDefault(name, name) : name;
}
