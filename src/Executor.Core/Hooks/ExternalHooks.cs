using Executor.Core.Configuration;
using Executor.Core.Ports;

namespace Executor.Core.Hooks;

/// <summary>
/// Hooks that are programs or HTTP servers, so that nobody has to rebuild the executor to integrate something: one per
/// stage from the settings, for every task, and one per stage from a task's labels.
/// </summary>
public static class ExternalHooks
{
    private const string Exec = "exec:";
    private const string Accepted = "exec:/path arguments, or an http:// or https:// address";
    private const string LabelAccepted = "exec:program arguments, or http://:PORT0/path on the task's own ports or loopback";

    private static readonly Dictionary<HookStage, Setting<string?>> ByStage =
        Enum.GetValues<HookStage>().ToDictionary(stage => stage, stage => Setting.Text(
            $"EXECUTOR_HOOK_{HookStages.NameOf(stage).Replace('-', '_').ToUpperInvariant()}", Accepted,
            $"A program or an address that is asked at {HookStages.NameOf(stage)} of every task, with a JSON document on stdin or POSTed.",
            Accepts) with
        { Example = "exec:/usr/local/bin/tell-cmdb" });

    private static readonly Dictionary<HookStage, Setting<string?>> LabelByStage =
        Enum.GetValues<HookStage>().ToDictionary(stage => stage, stage => Setting.Text(
            $"hook-{HookStages.NameOf(stage)}", LabelAccepted,
            $"A program of the sandbox, or an address of the task itself, that is asked at {HookStages.NameOf(stage)}, after the one of the setting.") with
        { Example = "http://:PORT0/hook" });

    public static IReadOnlyList<Setting> All { get; } = [.. ByStage.Values];

    public static IReadOnlyList<Setting> Labels { get; } = [.. LabelByStage.Values];

    /// <summary>In the order of the stages; of one stage the settings' comes first.</summary>
    public static IEnumerable<HookFactory> Factories(Settings settings, IProcessLauncher launcher)
    {
        foreach (var (stage, setting) in ByStage)
        {
            if (settings.Get(setting) is { } value) yield return task => FromSetting(setting.Name, stage, value, task, launcher);
            yield return task => FromLabel(stage, task, launcher);
        }
    }

    private static bool Accepts(string value) => value.StartsWith(Exec, StringComparison.Ordinal)
        ? value.Length > Exec.Length && value[Exec.Length] == '/'
        : Uri.TryCreate(value, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https", UserInfo: "" };

    private static ExternalHook FromSetting(
        string name, HookStage stage, string value, HookedTask task, IProcessLauncher launcher)
    {
        IHookTarget target = value.StartsWith(Exec, StringComparison.Ordinal)
            ? new ProgramTarget(launcher, task.Process with { User = null, HandOverDirectory = false, Limits = [] }, Words(value))
            : new HttpTarget(new Uri(value));
        return new ExternalHook(name, stage, task, target);
    }

    private static ExternalHook? FromLabel(HookStage stage, HookedTask task, IProcessLauncher launcher)
    {
        var label = LabelByStage[stage];
        if (task.Labels.Get(label) is not { } value) return null;
        if (value.StartsWith(Exec, StringComparison.Ordinal) && Words(value) is [_, ..] words)
            return new ExternalHook(label.Name, stage, task, new ProgramTarget(launcher, task.Process, words));
        var address = TaskAddress.Parse(value, task) ?? throw TaskLabels.NotAccepted(label, value);
        return new ExternalHook(label.Name, stage, task, new HttpTarget(address));
    }

    /// <summary>There are no quotes: what needs some is a script.</summary>
    private static string[] Words(string value) =>
        value[Exec.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
