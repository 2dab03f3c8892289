using System.Globalization;
using Executor.Core.Configuration;
using Mesos;

namespace Executor.Core.Hooks;

/// <summary>
/// A task's labels. Where a key comes more than once, the first counts. A label wins over the setting of the same
/// meaning. Every reader throws <see cref="InvalidTaskException"/> for a value that is not accepted.
/// </summary>
public sealed class TaskLabels
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public TaskLabels(TaskInfo task)
    {
        foreach (var label in task.Labels?.Labels_ ?? []) _values.TryAdd(label.Key, label.Value);
    }

    public IReadOnlyDictionary<string, string> All => _values;

    /// <summary>Null where there is none.</summary>
    public string? Text(string name) => _values.GetValueOrDefault(name);

    public TimeSpan? Duration(string name) => Read(name, MesosDuration.Accepted, text =>
        MesosDuration.TryParse(text, out var duration) ? duration : (TimeSpan?)null);

    public bool? Flag(string name) => Read(name, "true or false", text => text switch
    {
        "true" => true,
        "false" => false,
        _ => (bool?)null,
    });

    public int? Number(string name, int least, int most) => Read(
        name, string.Create(CultureInfo.InvariantCulture, $"a whole number, {least} to {most}"),
        text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most ? number : (int?)null);

    private T? Read<T>(string name, string accepted, Func<string, T?> parse)
        where T : struct
    {
        if (Text(name) is not { } text) return null;
        return parse(text) ?? throw new InvalidTaskException($"label {name} is \"{text}\": accepted is {accepted}");
    }
}
