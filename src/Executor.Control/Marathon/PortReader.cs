namespace Executor.Control.Marathon;

/// <summary>Reads <c>portDefinitions</c> and the older <c>ports</c>.</summary>
internal static class PortReader
{
    private const int MostPorts = 65535;

    public static IReadOnlyList<PortDefinition> Read(JsonField app)
    {
        var ports = app["ports"];
        if (app["portDefinitions"] is { } definitions)
        {
            if (ports is { } both) throw both.Wrong("either ports or portDefinitions, not both");
            return [.. definitions.AsArray("an array of objects").Select(ReadDefinition)];
        }

        if (ports is { } numbers)
            return [.. numbers.AsArray("an array of port numbers")
                .Select(number => new PortDefinition(number.AsInteger(0, MostPorts), null, ["tcp"], [], number.Path))];

        // Marathon gives every app that says nothing about ports one port of this name.
        return [new PortDefinition(0, "default", ["tcp"], [], "portDefinitions[0]")];
    }

    private static PortDefinition ReadDefinition(JsonField definition)
    {
        definition.AsObject(AppFields.PortDefinition);
        return new PortDefinition(
            definition["port"]?.AsInteger(0, MostPorts) ?? 0,
            definition["name"]?.AsString("a name"),
            ReadProtocols(definition["protocol"]),
            AppReader.ReadLabels(definition["labels"]),
            $"{definition.Path}.port");
    }

    private static string[] ReadProtocols(JsonField? field)
    {
        const string accepted = "tcp, udp or udp,tcp";
        if (field is not { } protocol) return ["tcp"];
        var names = protocol.AsString(accepted).Split(',');
        return names.All(name => name is "tcp" or "udp") && names.Distinct().Count() == names.Length
            ? names
            : throw protocol.Wrong(accepted);
    }
}
