using System.Text.RegularExpressions;
using Executor.Core.Hooks;

namespace Executor.Core.Discovery.HaProxy;

/// <summary>What the label <c>haproxy</c> asks for.</summary>
/// <param name="Backend">HAProxy's name of it.</param>
/// <param name="SlotPrefix">How the names of the servers begin of which the task takes one.</param>
/// <param name="Port">Of the task.</param>
public sealed partial record HaProxyLabel(string Backend, string SlotPrefix, int Port)
{
    /// <returns>Null where the instance does not ask for it.</returns>
    /// <exception cref="InvalidTaskException">What it asks for makes no sense.</exception>
    public static HaProxyLabel? Read(ServiceInstance instance)
    {
        if (!instance.Labels.TryGetValue(HaProxyLabels.Slot.Name, out var text)) return null;
        var match = Form().Match(text);
        if (!match.Success) throw TaskLabels.NotAccepted(HaProxyLabels.Slot, text);
        var port = match.Groups["port"] is { Success: true, Value: var name }
            ? instance.Ports.FirstOrDefault(port => port.Name == name)
            : instance.Ports is [var first, ..] ? first : null;
        return port is null
            ? throw new InvalidTaskException($"label {HaProxyLabels.Slot.Name} is \"{text}\": the task has no such port")
            : new HaProxyLabel(match.Groups["backend"].Value, match.Groups["prefix"].Value, port.Number);
    }

    /// <summary>What HAProxy takes as names, less the colon: nothing that could end a command of its API.</summary>
    [GeneratedRegex(@"\A(?<backend>[A-Za-z0-9_.-]+)/(?<prefix>[A-Za-z0-9_.-]+)(:(?<port>.+))?\z")]
    private static partial Regex Form();
}
