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
}
