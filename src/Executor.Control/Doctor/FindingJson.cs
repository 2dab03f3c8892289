using System.Text.Json;
using Executor.Control.Reporting;

namespace Executor.Control.Doctor;

/// <summary>Writes each finding as one JSON object on a line of its own, for programs.</summary>
internal sealed class FindingJson(Stream output)
{
    private readonly JsonLineWriter _lines = new(output);

    public void Write(Finding finding) => _lines.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("verdict", finding.Word);
        json.WriteString("check", finding.Check);
        json.WriteString("found", finding.Found);
        if (finding.Advice is { } advice) json.WriteString("advice", advice);
        foreach (var (name, value) in finding.Facts) json.WriteString(name, value);
        json.WriteEndObject();
    });

    /// <returns>Null for anything but a line as it is written here.</returns>
    public static Finding? Read(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var members = document.RootElement.EnumerateObject()
                .ToDictionary(member => member.Name, member => member.Value.GetString() ?? "");
            if (!members.Remove("verdict", out var word) || !members.Remove("check", out var check) || !members.Remove("found", out var found))
                return null;
            members.Remove("advice", out var advice);
            var verdict = Enum.Parse<Verdict>(word, ignoreCase: true);
            return new Finding(verdict, check, found, advice) { Facts = members };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
