using Executor.Core.Configuration;

namespace Executor.Core.Discovery.Vaas;

/// <summary>The labels of VaaS. They have the names that its users know from other integrations.</summary>
public static class VaasLabels
{
    internal const string WeightPrefix = "weight:";
    internal const string FrontendSyncPrefix = "frontend-sync:";

    public static readonly Setting<string?> Director = Setting.Text(
        "director", "a director's name in VaaS", "Makes the task a backend of that director while it can serve; empty is none.") with
    { Example = "cart" };

    public static readonly Setting<string?> FrontendSync = Setting.Text(
        $"{FrontendSyncPrefix}<director>", "anything", "Of a port: that it gets the traffic. Without it the first port does.") with
    { Example = "true" };

    public static readonly Setting<string?> Weight = Setting.Text(
        $"{WeightPrefix}<n>", "tag", "With n from 0 to 100: the weight of the backend. One that is none is a warning; without it VaaS's own default holds.", text => text == "tag") with
    { Example = "tag" };

    public static readonly Setting<string?> Canary = Setting.Text(
        "canary", "anything", "Not empty: the backend gets the tag canary.") with
    { Example = "true" };

    public static IReadOnlyList<Setting> All { get; } = [Director, FrontendSync, Weight, Canary];
}
