using Executor.Control.CommandLine;
using Executor.Control.Doctor;
using Executor.Control.Output;
using Executor.Control.Run;

if (!StandardOutput.IsOpen)
{
    Console.Error.WriteLine("executorctl: stdout is closed");
    return 1;
}

return await ControlCommand.InvokeAsync(
    args,
    options => new RunProgram(options, TimeProvider.System).RunAsync(),
    options => new DoctorProgram(options, TimeProvider.System).RunAsync(),
    Console.Out,
    Console.Error);
