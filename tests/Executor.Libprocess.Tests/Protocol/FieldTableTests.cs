using System.Globalization;
using Google.Protobuf.Reflection;

namespace Executor.Libprocess.Tests.Protocol;

/// <summary>
/// The compiled definitions held against a table of every field and enum value that Mesos 0.22.2 to 1.11.0 has in the
/// messages an executor meets: one wrong number would be a silent loss.
/// </summary>
public sealed class FieldTableTests
{
    private static readonly List<MessageDescriptor> Messages =
    [
        .. new[] { Mesos.MesosReflection.Descriptor, Mesos.Internal.MessagesReflection.Descriptor }
            .SelectMany(file => file.MessageTypes.SelectMany(WithNested)),
    ];

    private static readonly List<EnumDescriptor> Enums =
    [
        .. Mesos.MesosReflection.Descriptor.EnumTypes,
        .. Mesos.Internal.MessagesReflection.Descriptor.EnumTypes,
        .. Messages.SelectMany(m => m.EnumTypes),
    ];

    private static readonly HashSet<string> TypeNames =
        [.. Messages.Select(m => Local(m.FullName)), .. Enums.Select(e => Local(e.FullName))];

    private static readonly List<string[]> Rows =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Protocol", "mesos-v0-fields.tsv"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('\t')),
    ];

    [Test]
    public void Every_field_is_the_one_of_the_table_and_no_other_exists()
    {
        var table = Rows.Where(r => r.Length == 7 && r[0] != "message").Select(r =>
            $"{r[0]}: {r[2]} {Resolve(r[0], r[3])} {r[4]} = {r[1]} [{Normal(r[5])}]").ToList();
        var compiled = Messages.SelectMany(m => m.Fields.InDeclarationOrder()).Select(f =>
                $"{Local(f.ContainingType.FullName)}: {Label(f)} {TypeOf(f)} {f.Name} = {f.FieldNumber} [{Normal(Default(f))}]")
            .Concat(Messages.Where(m => m.Fields.InDeclarationOrder().Count + m.NestedTypes.Count == 0).Select(m => $"{Local(m.FullName)}:   (no fields) =  []"))
            .ToList();

        Assert.That(table, Has.Count.GreaterThan(300));
        Assert.That(table.Except(compiled), Is.Empty, "missing in the definitions");
        Assert.That(compiled.Except(table), Is.Empty, "not in the table");
    }

    [Test]
    public void Every_enum_value_is_the_one_of_the_table_and_no_other_exists()
    {
        var table = Rows.Where(r => r.Length == 4 && r[0] != "enum").Select(r => $"{r[0]}: {r[2]} = {r[1]}").ToList();
        var compiled = Enums.SelectMany(e => e.Values).Select(v => $"{Local(v.EnumDescriptor.FullName)}: {v.Name} = {v.Number}").ToList();

        Assert.That(table, Has.Count.GreaterThan(100));
        Assert.That(table.Except(compiled), Is.Empty, "missing in the definitions");
        Assert.That(compiled.Except(table), Is.Empty, "not in the table");
    }

    private static IEnumerable<MessageDescriptor> WithNested(MessageDescriptor message) =>
        message.NestedTypes.Where(n => !n.IsMapEntry).SelectMany(WithNested).Prepend(message);

    private static string Local(string fullName) => fullName
        .Replace("mesos.internal.", "", StringComparison.Ordinal).Replace("mesos.", "", StringComparison.Ordinal);

    private static string Label(FieldDescriptor field) => field switch
    {
        { IsMap: true } => "map",
        { IsRepeated: true } => "repeated",
        { RealContainingOneof: { } oneof } => $"oneof:{oneof.Name}",
        { IsRequired: true } => "required",
        _ => "optional",
    };

    private static string TypeOf(FieldDescriptor field) => field switch
    {
        { IsMap: true } =>
            $"map<{TypeOf(field.MessageType.FindFieldByNumber(1))},{TypeOf(field.MessageType.FindFieldByNumber(2))}>",
        { FieldType: FieldType.Message } => Local(field.MessageType.FullName),
        { FieldType: FieldType.Enum } => Local(field.EnumType.FullName),
        _ => field.FieldType.ToString().ToUpperInvariant(),
    };

    /// <summary>The table writes types as the .proto files do: relative to the message, by protobuf's scoping.</summary>
    private static string Resolve(string message, string type)
    {
        if (type.StartsWith("map<", StringComparison.Ordinal))
            return $"map<{string.Join(',', type[4..^1].Split(',').Select(part => Resolve(message, part.Trim())))}>";
        for (var scope = message; scope.Length > 0; scope = scope[..Math.Max(scope.LastIndexOf('.'), 0)])
            if (TypeNames.Contains($"{scope}.{type}")) return $"{scope}.{type}";
        return TypeNames.Contains(type) ? type : type.ToUpperInvariant();
    }

    private static string Default(FieldDescriptor field) =>
        field.ToProto() is { HasDefaultValue: true } proto ? proto.DefaultValue : "";

    private static string Normal(string value) =>
        double.TryParse(value, CultureInfo.InvariantCulture, out var number)
            ? number.ToString(CultureInfo.InvariantCulture)
            : value.Trim('"');
}
