using System.Collections;

namespace Executor.Core.Configuration;

/// <summary>This process's environment.</summary>
public static class ProcessEnvironment
{
    public static Dictionary<string, string> Read() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal);
}
