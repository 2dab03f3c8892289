namespace Executor.Control.Output;

/// <summary>The colours of a terminal, and whether stdout is one that takes them.</summary>
internal static class Ansi
{
    public const string Dim = "\e[2m";
    public const string Bold = "\e[1m";
    public const string Red = "\e[31m";
    public const string Green = "\e[32m";
    public const string Yellow = "\e[33m";
    public const string Reset = "\e[0m";

    public static bool IsTaken { get; } = !Console.IsOutputRedirected
        && string.IsNullOrEmpty(System.Environment.GetEnvironmentVariable("NO_COLOR"))
        && System.Environment.GetEnvironmentVariable("TERM") != "dumb";
}
