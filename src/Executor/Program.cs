using Executor;
using Executor.Core;
using Executor.Core.Configuration;
using Executor.Core.Ports;

var environment = ProcessEnvironment.Read();
var underAgent = environment.ContainsKey("MESOS_SLAVE_PID");

if (!underAgent && args is [var option, ..])
{
    switch (option)
    {
        case "--help" or "-h":
            Console.Write(CommandLine.Help());
            return 0;
        case "--version":
            Console.WriteLine($"executor {CommandLine.Version}");
            return 0;
        case "--print-config" when AllSettings.TryRead(environment, out _, out _):
            Console.Write(CommandLine.Configuration(environment));
            return 0;
        case ['-', ..] when option != "--print-config":
            Console.Error.WriteLine(
                $"executor: unknown option \"{option}\": accepted are --help, --version, --print-config");
            return 2;
    }
}

if (!AllSettings.TryRead(environment, out var settings, out var error))
{
    Console.Error.WriteLine($"executor: {error}");
    return 2;
}

try
{
    return await Composition.RunAsync(environment, args, settings);
}
catch (DriverException e)
{
    Console.Error.WriteLine($"executor: {e.Message}");
    return underAgent ? 1 : 2;
}
finally
{
    LogOutput.Flush();
}
