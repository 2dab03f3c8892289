using Executor.Core.Configuration;
using Mesos;

namespace Executor.Core.Hooks;

/// <summary>
/// A task's labels. Where a key comes more than once, the first counts. A label wins over the setting of the same
/// meaning.
/// </summary>
public sealed class TaskLabels(IReadOnlyDictionary<string, string> all)
{
    public TaskLabels(TaskInfo task)
        : this(First(task.Labels?.Labels_ ?? []))
    {
    }

    public IReadOnlyDictionary<string, string> All { get; } = all;

    public bool Has(Setting label) => All.ContainsKey(label.Name);

    /// <summary>What the task says, or the label's default, or what the label has where there is none.</summary>
    /// <exception cref="InvalidTaskException">What it says is not accepted.</exception>
    public T Get<T>(Setting<T> label) => Get(label, label.ValueOf(label.Default));

    /// <inheritdoc cref="Get{T}(Setting{T})"/>
    /// <param name="otherwise">Where the task does not say it.</param>
    public T Get<T>(Setting<T> label, T otherwise) =>
        !All.TryGetValue(label.Name, out var text) ? otherwise
        : label.Parse(text, out var value) ? value
        : throw NotAccepted(label, text, label.Explain?.Invoke(text));

    /// <summary>The error of a value that its label does not accept.</summary>
    /// <param name="detail">What exactly is wrong, where that is worth a word.</param>
    public static InvalidTaskException NotAccepted(Setting label, string text, string? detail = null) =>
        new($"label {label.Name} is \"{text}\": accepted is {label.Accepted}{(detail is null ? "" : $"; {detail}")}");

    private static Dictionary<string, string> First(IEnumerable<Label> labels)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var label in labels) values.TryAdd(label.Key, label.Value);
        return values;
    }
}
