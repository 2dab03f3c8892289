using System.Text;

namespace Executor.Core.Logs.Lines;

/// <summary>
/// The fields that the executor adds to every event of a stream, as the JSON that is appended. Where a line has a field of
/// that name itself, the line's stays what it is, and ours is added as <c>executor_NAME</c>.
/// </summary>
internal sealed class OwnFields
{
    private const string Prefix = "executor_";

    private readonly byte[] _all;
    private readonly byte[][] _fields;
    private readonly byte[][] _displaced;
    private readonly byte[][] _displacedNames;

    /// <param name="fields">Names and values; a value is JSON as it stands.</param>
    public OwnFields(IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        Names = [.. fields.Select(field => field.Key)];
        _fields = [.. fields.Select(field => Json(field.Key, field.Value))];
        _displacedNames = [.. Names.Select(name => Encoding.UTF8.GetBytes(DisplacedName(name)))];
        _displaced = [.. fields.Select(field => Json(DisplacedName(field.Key), field.Value))];
        _all = [.. _fields.SelectMany(field => field)];
    }

    /// <summary>At most 64.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <returns>The bit of the field of that name; 0 is none.</returns>
    public ulong BitOf(string name)
    {
        for (var i = 0; i < Names.Count; i++)
            if (Names[i] == name) return 1UL << i;
        return 0;
    }

    /// <param name="displaced">One bit for each field that the event has already.</param>
    /// <param name="line">Those that it has; where one is even of the other name, ours is left out.</param>
    public void Write(ByteBuffer output, ulong displaced, LineFields line)
    {
        if (displaced == 0)
        {
            output.Add(_all);
            return;
        }

        for (var i = 0; i < _fields.Length; i++)
        {
            if ((displaced >> i & 1) == 0) output.Add(_fields[i]);
            else if (line.TryClaim(_displacedNames[i])) output.Add(_displaced[i]);
        }
    }

    private string DisplacedName(string name)
    {
        do name = Prefix + name;
        while (Names.Contains(name));
        return name;
    }

    /// <summary>A JSON string of a text.</summary>
    public static string Text(string text)
    {
        var json = new ByteBuffer();
        LineText.WriteEscaped(json, Encoding.UTF8.GetBytes(text));
        return $"\"{Encoding.UTF8.GetString(json.Written)}\"";
    }

    private static byte[] Json(string name, string value) => Encoding.UTF8.GetBytes($",{Text(name)}:{value}");
}
