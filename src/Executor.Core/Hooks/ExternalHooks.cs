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

    /// <summary>At each stage the settings' comes first.</summary>
    public static IReadOnlyList<HookFactory> Factories(Settings settings, IProcessLauncher launcher) =>
    [
        task => Create(task, ByStage, setting => settings.Get(setting) is { } value ? FromSetting(value, task, launcher) : null),
        task => Create(task, LabelByStage, label => task.Labels.Get(label) is { } value ? FromLabel(label, value, task, launcher) : null),
    ];

    private static ExternalHook? Create(
        HookedTask task, Dictionary<HookStage, Setting<string?>> byStage, Func<Setting<string?>, IHookTarget?> targetOf)
    {
        var targets = new Dictionary<HookStage, (string, IHookTarget)>();
        foreach (var (stage, setting) in byStage)
            if (targetOf(setting) is { } target) targets.Add(stage, (setting.Name, target));
        return targets.Count > 0 ? new ExternalHook(task, targets) : null;
    }

    private static bool Accepts(string value) => value.StartsWith(Exec, StringComparison.Ordinal)
        ? value.Length > Exec.Length && value[Exec.Length] == '/'
        : Uri.TryCreate(value, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https", UserInfo: "" };

    private static IHookTarget FromSetting(string value, HookedTask task, IProcessLauncher launcher) =>
        value.StartsWith(Exec, StringComparison.Ordinal)
            ? new ProgramTarget(launcher, task.Process with { User = null, HandOverDirectory = false, Limits = [] }, Words(value))
            : new HttpTarget(new Uri(value));

    private static IHookTarget FromLabel(Setting label, string value, HookedTask task, IProcessLauncher launcher) =>
        value.StartsWith(Exec, StringComparison.Ordinal) && Words(value) is [_, ..] words
            ? new ProgramTarget(launcher, task.Process, words)
            : new HttpTarget(TaskAddress.Parse(value, task) ?? throw TaskLabels.NotAccepted(label, value));

    /// <summary>There are no quotes: what needs some is a script.</summary>
    private static string[] Words(string value) =>
        value[Exec.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
