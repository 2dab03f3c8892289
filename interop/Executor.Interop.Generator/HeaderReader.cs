using System.Xml.Linq;

namespace Executor.Interop.Generator;

/// <summary>Takes from castxml's XML what the header itself declares, and refuses what the bindings could not tell.</summary>
internal sealed class HeaderReader
{
    private readonly HeaderText _header;
    private readonly CTypes _types;

    private HeaderReader(HeaderText header, CTypes types) => (_header, _types) = (header, types);

    public static Bindings Read(XElement xml, HeaderText header)
    {
        var reader = new HeaderReader(header, new CTypes(xml, header));
        var file = xml.Elements("File").SingleOrDefault(file => file.Text("name") == header.Path)?.Text("id")
            ?? throw new GeneratorException($"{header.Path}: declares nothing");
        var declarations = xml.Elements()
            .Where(e => e.Text("file") == file && e.Name.LocalName is not ("Typedef" or "Field"))
            .ToLookup(e => e.Name.LocalName);
        if (declarations.FirstOrDefault(kind => kind.Key is not ("Enumeration" or "Struct" or "Function")) is { } unknown)
            throw reader.Unknown(unknown.First());

        return new(
            [.. header.Constants()],
            [.. declarations["Enumeration"].Select(reader.Enumeration)],
            [.. declarations["Struct"].Select(reader.Structure)],
            [.. declarations["Function"].Select(reader.Function)]);
    }

    private Enumeration Enumeration(XElement declaration)
    {
        var members = declaration.Elements("EnumValue").Select(member =>
            new Constant(member.Text("name"), member.Text("init"), _header.CommentAt(_header.LineOf(member.Text("name")))));
        return new(Name(declaration), _types.Of(declaration, "type"), [.. members], Comment(declaration));
    }

    private Structure Structure(XElement declaration) =>
        new(Name(declaration), [.. _types.Members(declaration).Select(Field)], Comment(declaration));

    private Field Field(XElement member)
    {
        if (member.Name != "Field" || member.Attribute("bits") is not null) throw Unknown(member);
        return new(Name(member), _types.Of(member, "type"), Comment(member));
    }

    private Function Function(XElement declaration)
    {
        if (declaration.Attribute("static") is not null) throw Unknown(declaration);
        var parameters = _types.Arguments(declaration).Select(a => new Parameter(Name(a), _types.Of(a, "type")));
        return new(Name(declaration), _types.Of(declaration, "returns"), [.. parameters], Comment(declaration));
    }

    private string Name(XElement declaration) =>
        declaration.Text("name") is { Length: > 0 } name ? name : throw Unknown(declaration);

    private string Comment(XElement declaration) => _header.CommentAt(declaration.Line());

    private GeneratorException Unknown(XElement declaration)
    {
        var kind = declaration switch
        {
            _ when declaration.Attribute("bits") is not null => "bit field",
            _ when declaration.Attribute("static") is not null => "static function",
            _ => declaration.Name.LocalName.ToLowerInvariant(),
        };
        return _header.Unknown(declaration.Line(), declaration.Text("name") is { Length: > 0 } name ? $"{kind} {name}" : $"nameless {kind}");
    }
}
