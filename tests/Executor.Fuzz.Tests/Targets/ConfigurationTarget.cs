using Executor.Core.Hooks;
using Executor.Core.Secrets;
using Executor.Fuzz.Tests.Engine;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>The document of a store: variables that a process can have, or one line without a value.</summary>
internal sealed class ConfigurationTarget : FuzzTarget
{
    private const string Secret = "correct-horse";

    public override IEnumerable<byte[]> Seeds =>
        [Bytes($$"""{"DB_PASSWORD":"{{Secret}}","WORKERS":4,"DEBUG":true,"X":1.50e3}"""), Bytes("""{"PORT":"1","MESOS_X":"2","a b":"3","N":null,"O":{}}"""), Bytes("[]")];

    public override IReadOnlyList<string> Words => [$"\"{Secret}\"", "\"PORT0\":", "\"EXECUTOR_X\":", "\"\\ud800\"", "\"\\ud800\":1", "\"A\\n\":", "\"A\":", "\"\\u0000\"", "[[[["];

    public override void Check(ReadOnlyMemory<byte> input)
    {
        try
        {
            foreach (var (name, value) in ConfigurationDocument.Parse(input))
                AssertThat(name.Length > 0 && !name.AsSpan().ContainsAny('=', '\0', '\n') && !value.Contains('\0'), $"{name} is no variable");
        }
        catch (HookException e)
        {
            AssertOneLine(e.Message);
        }
    }
}
