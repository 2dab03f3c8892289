using Executor.Core.Hooks;
using Executor.Fuzz.Tests.Engine;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>What an external hook answers, at each stage: variables that a process can have, or one line.</summary>
internal sealed class HookAnswerTarget : FuzzTarget
{
    public override IEnumerable<byte[]> Seeds =>
        [Bytes("""{"env":{"A":"b","N":1,"T":true}}"""), Bytes("""{"fail":"no\nroom"}"""), Bytes(" \r\n"), Bytes("""{"env":{},"other":1}""")];

    public override IReadOnlyList<string> Words => ["\"env\":", "\"fail\":", "\"A=B\":", "\"\\u0000\"", "\"\\ud800\"", "\"\\ud800\":1", "\"a\\r\\nb\":", "[[[["];

    public override void Check(ReadOnlyMemory<byte> input)
    {
        foreach (var stage in Enum.GetValues<HookStage>())
        {
            try
            {
                foreach (var (name, value) in HookAnswer.Read(input, stage))
                {
                    AssertThat(stage == HookStage.BeforeStart, $"variables come at {stage}");
                    AssertThat(name.Length > 0 && !name.AsSpan().ContainsAny('=', '\0') && !value.Contains('\0'), $"{name} is no variable");
                }
            }
            catch (HookException e)
            {
                AssertThat(!e.Message.AsSpan().ContainsAny('\n', '\r', '\0'), $"more than one line: {e.Message}");
            }
        }
    }
}
