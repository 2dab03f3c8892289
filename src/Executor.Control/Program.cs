using Executor.Control.CommandLine;
using Executor.Control.Doctor;
using Executor.Control.Run;

return await ControlCommand.InvokeAsync(
    args,
    options => new RunProgram(options, TimeProvider.System).RunAsync(),
    options => new DoctorProgram(options, TimeProvider.System).RunAsync(),
    Console.Out,
    Console.Error);
