using System.Text;
using Executor.Libprocess.Wire;

namespace Executor.Libprocess.Tests.Wire;

/// <summary>Feeds a reader as a socket would: in pieces, with every whole message taken out after each.</summary>
internal static class ReaderInput
{
    public static List<LibprocessMessage> Feed(this MessageReader reader, params IEnumerable<byte[]> pieces)
    {
        List<LibprocessMessage> messages = [];
        foreach (var piece in pieces)
        {
            for (var taken = 0; taken < piece.Length;)
            {
                var room = reader.GetMemory();
                var count = Math.Min(room.Length, piece.Length - taken);
                piece.AsMemory(taken, count).CopyTo(room);
                reader.Advance(count);
                taken += count;
                while (reader.TryRead(out var message, out _)) messages.Add(message);
            }
        }

        return messages;
    }

    /// <summary>Cuts into pieces of 1 to <paramref name="longest"/> bytes, the same ones for the same seed.</summary>
    public static IEnumerable<byte[]> Cut(byte[] bytes, int seed, int longest)
    {
        var random = new Random(seed);
        for (var start = 0; start < bytes.Length;)
        {
            var length = Math.Min(random.Next(1, longest + 1), bytes.Length - start);
            yield return bytes.AsSpan(start, length).ToArray();
            start += length;
        }
    }

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
