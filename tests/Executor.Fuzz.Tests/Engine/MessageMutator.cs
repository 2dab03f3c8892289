using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Executor.Fuzz.Tests.Engine;

/// <summary>Varies protobuf messages by their fields: what comes out is a message again.</summary>
/// <param name="words">What means something where there is text.</param>
internal sealed class MessageMutator(IReadOnlyList<string> words)
{
    private static readonly long[] Numbers =
        [0, 1, -1, 2, 80, 255, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 5_000_000_000];

    private static readonly double[] Fractions = [0, -0.0, 1.5, -1, 1e300, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon];

    public void Vary(IMessage message, Random random)
    {
        for (var n = random.Next(1, 5); n > 0; n--) VaryOnce(message, random);
    }

    /// <summary>Goes down into a message that is there more often than not.</summary>
    private void VaryOnce(IMessage message, Random random)
    {
        var fields = message.Descriptor.Fields.InDeclarationOrder();
        if (fields.Count == 0) return;
        var field = fields[random.Next(fields.Count)];
        if (field.IsMap) field.Accessor.Clear(message); // no executor reads one
        else if (field.IsRepeated) VaryList((IList)field.Accessor.GetValue(message), field, random);
        else if (random.Next(20) == 0) field.Accessor.Clear(message);
        else if (field.FieldType == FieldType.Message && field.Accessor.GetValue(message) is IMessage inner) VaryOnce(inner, random);
        else field.Accessor.SetValue(message, Value(field, random, field.Accessor.GetValue(message)));
    }

    private void VaryList(IList list, FieldDescriptor field, Random random)
    {
        var at = random.Next(list.Count + 1);
        if (at == list.Count) list.Add(Value(field, random, null));
        else if (random.Next(4) == 0) list.RemoveAt(at);
        else if (list[at] is IMessage inner) VaryOnce(inner, random);
        else list[at] = Value(field, random, list[at]);
    }

    private object Value(FieldDescriptor field, Random random, object? before)
    {
        var number = random.Next(3) == 0 ? random.NextInt64() : Numbers[random.Next(Numbers.Length)];
        return field.FieldType switch
        {
            FieldType.Message or FieldType.Group => field.MessageType.Parser.ParseFrom(ReadOnlySpan<byte>.Empty),
            FieldType.String => Text(random, before as string ?? ""),
            FieldType.Bytes => ByteString.CopyFrom(Mutated(random, ((ByteString?)before ?? ByteString.Empty).ToByteArray())),
            FieldType.Bool => random.Next(2) == 0,
            FieldType.Double => random.Next(2) == 0 ? Fractions[random.Next(Fractions.Length)] : number,
            FieldType.Float => (float)Fractions[random.Next(Fractions.Length)],
            FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, random.Next(3) == 0 ? unchecked((int)number) : random.Next(12)),
            FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => unchecked((int)number),
            FieldType.UInt32 or FieldType.Fixed32 => unchecked((uint)number),
            FieldType.UInt64 or FieldType.Fixed64 => unchecked((ulong)number),
            _ => number,
        };
    }

    private string Text(Random random, string before) => random.Next(2) == 0
        ? words[random.Next(words.Count)]
        : System.Text.Encoding.UTF8.GetString(Mutated(random, System.Text.Encoding.UTF8.GetBytes(before)));

    private byte[] Mutated(Random random, byte[] bytes) => new ByteMutator(random, words).Vary(bytes, bytes);
}
