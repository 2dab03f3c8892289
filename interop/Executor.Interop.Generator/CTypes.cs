using System.Xml.Linq;

namespace Executor.Interop.Generator;

/// <summary>C's types as C#'s. What has no exact counterpart on every machine is refused.</summary>
internal sealed class CTypes(XElement xml, HeaderText header)
{
    private static readonly Dictionary<string, string> Exact = new(StringComparer.Ordinal)
    {
        ["void"] = "void",
        ["char"] = "byte",
        ["int"] = "int",
        ["unsigned int"] = "uint",
        ["float"] = "float",
        ["double"] = "double",
        ["int8_t"] = "sbyte",
        ["uint8_t"] = "byte",
        ["int16_t"] = "short",
        ["uint16_t"] = "ushort",
        ["int32_t"] = "int",
        ["uint32_t"] = "uint",
        ["int64_t"] = "long",
        ["uint64_t"] = "ulong",
        ["intptr_t"] = "nint",
        ["uintptr_t"] = "nuint",
        ["size_t"] = "nuint",
    };

    private readonly Dictionary<string, XElement> _byId =
        xml.Elements().Where(e => e.Attribute("id") is not null).ToDictionary(e => e.Text("id"), StringComparer.Ordinal);

    /// <summary>The type that an attribute of a declaration names.</summary>
    public string Of(XElement declaration, string attribute) => CSharp(_byId[declaration.Text(attribute)], declaration);

    public IEnumerable<XElement> Members(XElement structure) =>
        structure.Text("members").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => _byId[id]);

    public IEnumerable<XElement> Arguments(XElement function) => Arguments(function, function);

    private IEnumerable<XElement> Arguments(XElement function, XElement declaration) =>
        function.Element("Ellipsis") is null
            ? function.Elements("Argument")
            : throw header.Unknown(declaration.Line(), $"variable arguments of {declaration.Text("name")}");

    private string CSharp(XElement type, XElement declaration)
    {
        var name = type.Text("name");
        switch (type.Name.LocalName)
        {
            case "FundamentalType" or "Typedef" when Exact.TryGetValue(name, out var exact):
                return exact;
            case "Typedef" or "ElaboratedType" or "CvQualifiedType":
                return CSharp(_byId[type.Text("type")], declaration);
            case "Struct" or "Enumeration" when type.Text("file") == declaration.Text("file"):
                return CSharpName.Pascal(name);
            case "PointerType" when _byId[type.Text("type")] is { Name.LocalName: "FunctionType" } function:
                var types = Arguments(function, declaration).Select(a => _byId[a.Text("type")])
                    .Append(_byId[function.Text("returns")])
                    .Select(t => CSharp(t, declaration));
                return $"delegate* unmanaged[Cdecl]<{string.Join(", ", types)}>";
            case "PointerType":
                return $"{CSharp(_byId[type.Text("type")], declaration)}*";
            default:
                var what = name.Length > 0 ? name : type.Name.LocalName;
                throw header.Unknown(declaration.Line(), $"type {what} of {declaration.Text("name")}");
        }
    }
}
