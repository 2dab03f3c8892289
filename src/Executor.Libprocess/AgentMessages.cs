using System.Diagnostics.CodeAnalysis;
using Executor.Libprocess.Wire;
using Google.Protobuf;
using Mesos.Internal;

namespace Executor.Libprocess;

/// <summary>The eight messages that an agent sends to an executor.</summary>
internal static class AgentMessages
{
    public const string Package = "mesos.internal.";

    /// <summary>Reads one by its name.</summary>
    /// <param name="refusal">A fixed kind to count by, and what is wrong with this one.</param>
    public static bool TryRead(
        LibprocessMessage received, [NotNullWhen(true)] out IMessage? message, out (string Kind, string Detail) refusal)
    {
        refusal = default;
        try
        {
            message = Parse(received);
        }
        catch (InvalidProtocolBufferException e)
        {
            message = null;
            refusal = ("unparsable message", $"{received.Name}: {e.Message}");
            return false;
        }

        if (message is null)
            refusal = ("unknown message", $"\"{received.Name}\"");
        else if (RequiredFields.FirstMissing(message) is { } missing)
            refusal = ("incomplete message", $"{received.Name} lacks {missing}");
        return refusal.Kind is null;
    }

    private static IMessage? Parse(LibprocessMessage received)
    {
        if (!received.Name.StartsWith(Package, StringComparison.Ordinal)) return null;
        var body = received.Body.Span;
        return received.Name[Package.Length..] switch
        {
            nameof(ExecutorRegisteredMessage) => ExecutorRegisteredMessage.Parser.ParseFrom(body),
            nameof(ExecutorReregisteredMessage) => ExecutorReregisteredMessage.Parser.ParseFrom(body),
            nameof(ReconnectExecutorMessage) => ReconnectExecutorMessage.Parser.ParseFrom(body),
            nameof(RunTaskMessage) => RunTaskMessage.Parser.ParseFrom(body),
            nameof(KillTaskMessage) => KillTaskMessage.Parser.ParseFrom(body),
            nameof(StatusUpdateAcknowledgementMessage) => StatusUpdateAcknowledgementMessage.Parser.ParseFrom(body),
            nameof(FrameworkToExecutorMessage) => FrameworkToExecutorMessage.Parser.ParseFrom(body),
            nameof(ShutdownExecutorMessage) => ShutdownExecutorMessage.Parser.ParseFrom(body),
            _ => null,
        };
    }
}
