using Executor.Core;
using Executor.Core.Configuration;
using Executor.Interop;

namespace Executor.Control.Doctor;

/// <summary>Which driver the executor would take with this environment, and why.</summary>
/// <param name="verbose">Tells every symbol instead of the missing ones.</param>
/// <param name="opening">Called before each file that is opened, as that may end the process.</param>
internal sealed class DriverCheck(
    IReadOnlyDictionary<string, string> environment, bool verbose, Action<LibmesosCandidate>? opening = null) : ICheck
{
    public const string Check = "driver";
    public const string Libmesos = "libmesos";
    private const string Managed = "managed";

    public Task<IReadOnlyList<Finding>> RunAsync() => Task.FromResult<IReadOnlyList<Finding>>([.. Findings()]);

    private IEnumerable<Finding> Findings()
    {
        if (!AllSettings.TryRead(environment, out var settings, out _))
            return [new Finding(Verdict.Failed, Check, "none: settings are not accepted")];
        var choice = settings.Get(ExecutorSettings.Driver);
        if (choice == DriverChoice.Managed)
            return [Driver(Managed, "EXECUTOR_DRIVER is managed, no libmesos is needed")];

        var search = LibmesosSearch.Run(environment, opening);
        var library = LibmesosFindings.Of(search, choice, verbose);
        if (search.Found is { Problem: LibmesosProblem.None })
            return [Driver(Libmesos, $"EXECUTOR_DRIVER is {Word(choice)}"), .. library];
        return choice == DriverChoice.Libmesos
            ? [new Finding(
                Verdict.Failed, Check, "EXECUTOR_DRIVER is libmesos, and none can be used: the executor ends at once, with exit code 1",
                "Install or name a libmesos, or set EXECUTOR_DRIVER to auto or managed."), .. library]
            : [Driver(Managed, "EXECUTOR_DRIVER is auto, and no libmesos can be used"), .. library];
    }

    private static Finding Driver(string driver, string why) =>
        new(Verdict.Ok, Check, $"the {driver} driver will be used: {why}") { Facts = new Dictionary<string, string> { [Check] = driver } };

    private static string Word(DriverChoice choice) => choice == DriverChoice.Libmesos ? Libmesos : "auto";
}
