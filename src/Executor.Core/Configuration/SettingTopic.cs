namespace Executor.Core.Configuration;

/// <summary>Settings and labels that belong together in the help and in the reference.</summary>
/// <param name="Document">That of docs/ which says more of them.</param>
public sealed record SettingTopic(
    string Title, string Document, IReadOnlyList<Setting> Settings, IReadOnlyList<Setting> Labels);
