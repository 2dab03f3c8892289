using System.Diagnostics.CodeAnalysis;
using Executor.Core.Configuration;

namespace Executor.Core.Hooks;

/// <summary>How long each stage may take, and what its errors do where that can be chosen.</summary>
public sealed record HookLimits
{
    public const string Accepted = "stage=duration, separated by commas";

    private static readonly Dictionary<HookStage, TimeSpan> Defaults = new()
    {
        [HookStage.BeforeStart] = TimeSpan.FromSeconds(60),
        [HookStage.AfterStart] = TimeSpan.FromSeconds(10),
        [HookStage.WarmUp] = TimeSpan.FromSeconds(60),
        [HookStage.Announce] = TimeSpan.FromSeconds(60),
        [HookStage.Withdraw] = TimeSpan.FromSeconds(5),
        [HookStage.BeforeStop] = TimeSpan.FromSeconds(15),
        [HookStage.AfterExit] = TimeSpan.FromSeconds(5),
    };

    private Dictionary<HookStage, TimeSpan> Limits { get; init; } = Defaults;

    /// <summary>Whether an error of WarmUp fails the task.</summary>
    public bool WarmUpFails { get; init; }

    /// <summary>Whether an error of Announce fails the task.</summary>
    public bool AnnounceFails { get; init; } = true;

    public TimeSpan this[HookStage stage] => Limits[stage];

    /// <summary>Whether an error of that stage, which is one of the way up, fails the task.</summary>
    public bool Fails(HookStage stage) => stage switch
    {
        HookStage.WarmUp => WarmUpFails,
        HookStage.Announce => AnnounceFails,
        _ => true,
    };

    /// <summary>Reads what is to differ from the defaults.</summary>
    /// <param name="text">As <see cref="Accepted"/> says; a stage's name is its own in small letters, with hyphens.</param>
    /// <param name="error">The part that is wrong.</param>
    public static bool TryParse(string text, out HookLimits limits, [NotNullWhen(false)] out string? error)
    {
        var found = new Dictionary<HookStage, TimeSpan>(Defaults);
        limits = new HookLimits();
        error = null;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split('=', 2, StringSplitOptions.TrimEntries) is [var name, var value]
                && HookStages.TryFind(name, out var stage) && MesosDuration.TryParse(value, out var limit))
            {
                found[stage] = limit;
                continue;
            }

            error = $"\"{part}\" is none, the stages are {string.Join(", ", HookStages.Names)}";
            return false;
        }

        limits = new HookLimits { Limits = found };
        return true;
    }

    /// <summary>As it would be written.</summary>
    public override string ToString() => string.Join(
        ", ", Limits.Select(limit => $"{HookStages.NameOf(limit.Key)}={MesosDuration.Format(limit.Value)}"));
}
