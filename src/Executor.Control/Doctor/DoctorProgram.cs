using System.Text;
using Executor.Control.CommandLine;
using Executor.Control.Output;
using Executor.Core.Configuration;

namespace Executor.Control.Doctor;

/// <summary><c>executorctl doctor</c>: checks this host, with this environment, for the executor beside it.</summary>
internal sealed class DoctorProgram(DoctorOptions options, TimeProvider time)
{
    private const int Success = 0;
    private const int Failure = 1;

    /// <returns>The exit code: 1 when something would fail, or nobody reads what was found.</returns>
    public async Task<int> RunAsync()
    {
        var environment = ProcessEnvironment.Read();
        if (options.DriverReport is { } report)
        {
            await DriverReport.WriteAsync(report, environment, options.Verbose);
            return Success;
        }

        var write = CreateWriter();
        var failed = false;
        foreach (var check in Checks(environment))
        {
            foreach (var finding in await check.RunAsync())
            {
                failed |= finding.Verdict == Verdict.Failed;
                try
                {
                    write(finding);
                }
                catch (IOException)
                {
                    return Failure; // The reader has gone, or the disk is full.
                }
            }
        }

        return failed ? Failure : Success;
    }

    private ICheck[] Checks(Dictionary<string, string> environment)
    {
        var supervisor = Path.Combine(AppContext.BaseDirectory, "task-supervisor");
        return
        [
            new SystemCheck(),
            new SupervisorCheck(supervisor, time),
            new SettingsCheck(environment),
            new IsolatedDriverCheck(Environment.ProcessPath!, supervisor, environment, options.Verbose, time),
        ];
    }

    private Action<Finding> CreateWriter()
    {
        var output = new StandardOutput();
        if (options.Json) return new FindingJson(output).Write;
        var text = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return new FindingLines(text, Ansi.IsTaken).Write;
    }
}
