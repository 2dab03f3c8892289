using Executor.Control.CommandLine;
using Executor.Control.Doctor;
using Executor.Control.Output;
using Executor.Control.Run;
using Executor.Control.Secrets;
using Executor.Core.Configuration;

if (!StandardOutput.IsOpen)
{
    Console.Error.WriteLine("executorctl: stdout is closed");
    return 1;
}

return await ControlCommand.InvokeAsync(
    args,
    options => new RunProgram(options, TimeProvider.System).RunAsync(),
    options => new DoctorProgram(options, TimeProvider.System).RunAsync(),
    options =>
    {
        using var stdin = Console.OpenStandardInput();
        using var stdout = new StandardOutput();
        return new SecretProgram(ProcessEnvironment.Read(), stdin, stdout, Console.Error, TimeProvider.System).RunAsync(options);
    },
    Console.Out,
    Console.Error);
