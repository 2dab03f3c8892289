using System.CommandLine;

namespace Executor.Control.CommandLine;

/// <summary>The syntax of <c>executorctl doctor</c>.</summary>
internal sealed class DoctorCommand
{
    private readonly Option<bool> _json = new("--json") { Description = "write what is found as JSON, one object a line" };
    private readonly Option<bool> _verbose = new("--verbose") { Description = "name every symbol of libmesos, not only missing ones" };
    private readonly Option<string?> _driverReport = new("--driver-report") { Hidden = true };

    /// <param name="run">Runs what was asked and returns the exit code.</param>
    public Command Build(Func<DoctorOptions, Task<int>> run)
    {
        var command = new Command("doctor", "Check this host, and the settings of this environment, for the executor.")
        {
            _json, _verbose, _driverReport,
        };
        command.SetAction((parsed, _) => run(new DoctorOptions(
            parsed.GetValue(_json), parsed.GetValue(_verbose), parsed.GetValue(_driverReport))));
        return command;
    }
}
