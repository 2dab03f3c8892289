using Executor;
using Executor.Core;
using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Ports;

var environment = ProcessEnvironment.Read();
var underAgent = environment.ContainsKey("MESOS_SLAVE_PID");

if (!underAgent && CommandLine.Answer(environment, args, Console.Out, Console.Error) is { } code) return code;

if (!AllSettings.TryRead(environment, out var settings, out var error))
{
    Console.Error.WriteLine($"executor: {error}");
    return 2;
}

try
{
    return await Composition.RunAsync(environment, args, settings);
}
catch (Exception e) when (e is DriverException or InvalidTaskException)
{
    // The latter is of a file that a setting names for all tasks.
    Console.Error.WriteLine($"executor: {e.Message}");
    return underAgent && e is DriverException ? 1 : 2;
}
finally
{
    LogOutput.Flush();
}
