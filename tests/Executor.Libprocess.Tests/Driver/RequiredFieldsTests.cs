using Google.Protobuf;
using Google.Protobuf.Reflection;
using Mesos;
using Mesos.Internal;

namespace Executor.Libprocess.Tests.Driver;

public sealed class RequiredFieldsTests
{
    private static IEnumerable<MessageDescriptor> Inbound() => MessagesReflection.Descriptor.MessageTypes.Where(d => d.Name is
        nameof(ExecutorRegisteredMessage) or nameof(ExecutorReregisteredMessage) or nameof(ReconnectExecutorMessage)
        or nameof(RunTaskMessage) or nameof(KillTaskMessage) or nameof(StatusUpdateAcknowledgementMessage)
        or nameof(FrameworkToExecutorMessage) or nameof(ShutdownExecutorMessage));

    /// <summary>Messages that an executor reads; what is in none of these is carried through unread.</summary>
    private static readonly HashSet<string> Unread =
    [
        nameof(Resource), nameof(ContainerInfo), nameof(CheckInfo), nameof(OfferFilters), nameof(DomainInfo),
        nameof(Mesos.Attribute), nameof(Secret), nameof(ResourceVersionUUID), "mesos.Value.Scalar",
    ];

    [TestCaseSource(nameof(Inbound))]
    public void Every_required_field_that_an_executor_reads_is_missed(MessageDescriptor type)
    {
        var whole = Populate(type);
        Assert.That(RequiredFields.FirstMissing(whole), Is.Null);
        Assert.That(whole.IsInitialized(), Is.True);

        using var all = Assert.EnterMultipleScope();
        foreach (var (path, clear) in RequiredOf(type, whole, ""))
        {
            var broken = type.Parser.ParseFrom(whole.ToByteArray());
            clear(broken);
            Assert.That(broken.IsInitialized(), Is.False, path);
            Assert.That(RequiredFields.FirstMissing(broken), Is.EqualTo(path));
        }
    }

    /// <summary>A message with every field that an executor reads, each list with one element.</summary>
    private static IMessage Populate(MessageDescriptor type)
    {
        var message = type.Parser.ParseFrom([]);
        foreach (var field in type.Fields.InDeclarationOrder().Where(IsRead))
        {
            var value = Value(field);
            if (field.IsRepeated) ((System.Collections.IList)field.Accessor.GetValue(message)).Add(value);
            else field.Accessor.SetValue(message, value);
        }

        return message;
    }

    private static bool IsRead(FieldDescriptor field) =>
        !field.IsMap && (field.FieldType != FieldType.Message
            || !(Unread.Contains(field.MessageType.Name) || Unread.Contains(field.MessageType.FullName)));

    private static object Value(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => Populate(field.MessageType),
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, field.EnumType.Values[0].Number),
        FieldType.Bytes => ByteString.CopyFromUtf8("b"),
        FieldType.String => "s",
        FieldType.Double => 1.0,
        FieldType.Bool => true,
        FieldType.Int64 => 1L,
        FieldType.Int32 => 1,
        FieldType.UInt32 => 1u,
        var other => throw new NotSupportedException(other.ToString()),
    };

    private static IEnumerable<(string Path, Action<IMessage> Clear)> RequiredOf(
        MessageDescriptor type, IMessage whole, string prefix)
    {
        foreach (var field in type.Fields.InDeclarationOrder().Where(IsRead))
        {
            var path = prefix + field.Name;
            if (field.IsRequired) yield return (path, message => field.Accessor.Clear(message));
            if (field.FieldType != FieldType.Message) continue;
            foreach (var (inner, clear) in RequiredOf(field.MessageType, Child(field, whole), path + "."))
                yield return (inner, message => clear(Child(field, message)));
        }
    }

    private static IMessage Child(FieldDescriptor field, IMessage message)
    {
        var value = field.Accessor.GetValue(message);
        return (IMessage)(field.IsRepeated ? ((System.Collections.IList)value)[0]! : value);
    }
}
