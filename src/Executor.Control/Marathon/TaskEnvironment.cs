using System.Globalization;

namespace Executor.Control.Marathon;

/// <summary>The variables Marathon gives a task's executor; what comes later wins.</summary>
internal static class TaskEnvironment
{
    private const string LabelPrefix = "MARATHON_APP_LABEL_";

    /// <summary>Marathon leaves out labels whose variable, or whose value, would not be shorter than this.</summary>
    private const int LongestVariable = 512;

    /// <param name="hostPorts">One for each of the app's ports, in their order.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Build(
        AppDefinition app, string taskId, string host, IReadOnlyList<int> hostPorts)
    {
        var variables = new OrderedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["MESOS_TASK_ID"] = taskId,
            ["MARATHON_APP_ID"] = app.Id,
            ["MARATHON_APP_VERSION"] = app.Version,
            ["MARATHON_APP_RESOURCE_CPUS"] = Decimal(app.Cpus),
            ["MARATHON_APP_RESOURCE_MEM"] = Decimal(app.Mem),
            ["MARATHON_APP_RESOURCE_DISK"] = Decimal(app.Disk),
            ["MARATHON_APP_RESOURCE_GPUS"] = app.Gpus.ToString(CultureInfo.InvariantCulture),
        };
        AddLabels(variables, app.Labels);
        AddPorts(variables, app.Ports, hostPorts);
        variables["HOST"] = host;
        foreach (var (name, value) in app.Env) variables[name] = value;
        return [.. variables];
    }

    private static void AddLabels(
        OrderedDictionary<string, string> variables, IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        var passed = labels
            .Where(label => label.Key.Length < LongestVariable - LabelPrefix.Length && label.Value.Length < LongestVariable)
            .Select(label => KeyValuePair.Create(VariableName(label.Key), label.Value))
            .ToList();
        variables["MARATHON_APP_LABELS"] = string.Join(' ', passed.Select(label => label.Key));
        foreach (var (name, value) in passed) variables[LabelPrefix + name] = value;
    }

    private static void AddPorts(
        OrderedDictionary<string, string> variables, IReadOnlyList<PortDefinition> ports, IReadOnlyList<int> hostPorts)
    {
        if (hostPorts.Count == 0) return;
        var texts = hostPorts.Select(port => port.ToString(CultureInfo.InvariantCulture)).ToList();
        variables["PORT"] = texts[0];
        for (var index = 0; index < texts.Count; index++)
            variables[string.Create(CultureInfo.InvariantCulture, $"PORT{index}")] = texts[index];
        foreach (var (definition, port) in ports.Zip(texts))
            variables[definition.Port == 0
                ? $"PORT_{port}"
                : string.Create(CultureInfo.InvariantCulture, $"PORT_{definition.Port}")] = port;
        foreach (var (definition, port) in ports.Zip(texts))
        {
            if (definition.Name is { } name) variables[$"PORT_{name.ToUpperInvariant()}"] = port;
        }

        variables["PORTS"] = string.Join(',', texts);
    }

    /// <summary>Each run of other characters becomes one underscore.</summary>
    private static string VariableName(string label)
    {
        var name = new System.Text.StringBuilder(label.Length);
        var replaced = false;
        foreach (var character in label)
        {
            var keep = char.IsAsciiLetterOrDigit(character) || character == '_';
            if (keep) name.Append(char.ToUpperInvariant(character));
            else if (!replaced) name.Append('_');
            replaced = !keep;
        }

        return name.ToString();
    }

    /// <summary>As the JVM prints a double: at least one digit after the point.</summary>
    private static string Decimal(double number) => number.ToString("0.0##########", CultureInfo.InvariantCulture);
}
