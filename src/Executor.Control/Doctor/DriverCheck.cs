using System.Net;
using System.Net.Sockets;
using Executor.Core.Configuration;
using Executor.Interop;

namespace Executor.Control.Doctor;

/// <summary>Which driver the executor would take with this environment, and why.</summary>
/// <param name="verbose">Tells every symbol instead of the missing ones.</param>
/// <param name="opening">Called before each file that is opened, as that may end the process.</param>
internal sealed class DriverCheck(
    IReadOnlyDictionary<string, string> environment, bool verbose, Action<LibmesosCandidate>? opening = null) : ICheck
{
    private const string Address = "LIBPROCESS_IP";

    public Task<IReadOnlyList<Finding>> RunAsync() => Task.FromResult<IReadOnlyList<Finding>>([.. Findings()]);

    private IEnumerable<Finding> Findings()
    {
        if (!ExecutorSettings.TryRead(environment, out var settings, out _))
            return [new Finding(Verdict.Failed, "driver", "none: settings are not accepted")];
        var choice = settings.Driver;
        if (choice == DriverChoice.Managed)
            return [Driver("managed", "EXECUTOR_DRIVER is managed, no libmesos is needed")];

        var search = LibmesosSearch.Run(environment, opening);
        var library = LibmesosFindings.Of(search, choice, verbose);
        if (search.Found is { Problem: LibmesosProblem.None })
            return [Driver("libmesos", $"EXECUTOR_DRIVER is {Word(choice)}"), .. library, CheckAddress()];
        return choice == DriverChoice.Libmesos
            ? [new Finding(
                Verdict.Failed, "driver", "EXECUTOR_DRIVER is libmesos, and none can be used: the executor ends at once, with exit code 1",
                "Install or name a libmesos, or set EXECUTOR_DRIVER to auto or managed."), .. library]
            : [Driver("managed", "EXECUTOR_DRIVER is auto, and no libmesos can be used"), .. library];
    }

    /// <summary>libmesos ends the whole process where it finds no address to listen on.</summary>
    private Finding CheckAddress()
    {
        if (environment.GetValueOrDefault(Address) is { Length: > 0 } given)
        {
            return IPAddress.TryParse(given, out var address) && address.AddressFamily == AddressFamily.InterNetwork
                ? new Finding(Verdict.Ok, Address, given)
                : new Finding(Verdict.Failed, Address, $"is \"{given}\"", "Set it to an IPv4 address of this host: libmesos accepts no other.");
        }

        var name = Dns.GetHostName();
        return LibprocessRules.AddressOf(name) is { } resolved
            ? new Finding(Verdict.Ok, Address, $"is not set; the host's name {name} resolves to {resolved}")
            : new Finding(
                Verdict.Warning, Address, $"is not set, and the host's name {name} does not resolve to an IPv4 address",
                "Agents from 0.26 on set it; for an older one, make the name resolve.");
    }

    private static Finding Driver(string driver, string why) =>
        new(Verdict.Ok, "driver", $"the {driver} driver will be used: {why}") { Facts = new Dictionary<string, string> { ["driver"] = driver } };

    private static string Word(DriverChoice choice) => choice == DriverChoice.Libmesos ? "libmesos" : "auto";
}
