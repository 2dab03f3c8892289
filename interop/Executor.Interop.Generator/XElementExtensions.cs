using System.Globalization;
using System.Xml.Linq;

namespace Executor.Interop.Generator;

/// <summary>The attributes of castxml's elements.</summary>
internal static class XElementExtensions
{
    /// <summary>An attribute's value; empty where there is none.</summary>
    public static string Text(this XElement element, string attribute) => (string?)element.Attribute(attribute) ?? "";

    public static int Line(this XElement element) => int.Parse(element.Text("line"), CultureInfo.InvariantCulture);
}
