namespace Executor.Core.Logs.Capture;

/// <summary>When a sandbox file gives way to a new one, and what becomes of it.</summary>
/// <param name="Size">Bytes after which it is renamed to <c>.1</c>; 0 is never.</param>
/// <param name="Keep">How many renamed ones stay.</param>
/// <param name="Compress">Whether those become <c>.gz</c> files.</param>
public sealed record Rotation(long Size, int Keep, bool Compress);
