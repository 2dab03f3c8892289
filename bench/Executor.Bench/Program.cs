using System.Globalization;
using Executor.Bench;
using Executor.Bench.Compare;
using Executor.Bench.Logs;
using Executor.Bench.Rolling;
using Executor.Bench.Soak;

switch (args)
{
    case ["startup", var folder]:
        return await StartupBench.RunAsync(Path.GetFullPath(folder));
    case ["announce", var folder]:
        return await AnnounceBench.RunAsync(Path.GetFullPath(folder));
    case ["config", var folder]:
        return await ConfigBench.RunAsync(Path.GetFullPath(folder));
    case ["bridge", var folder]:
        return await BridgeBench.RunAsync(Path.GetFullPath(folder));
    case ["rolling", var folder, var seconds]:
        return await RollingBench.RunAsync(Path.GetFullPath(folder), int.Parse(seconds, CultureInfo.InvariantCulture));
    case ["soak", var folder, var minutes]:
        return await SoakBench.RunAsync(Path.GetFullPath(folder), int.Parse(minutes, CultureInfo.InvariantCulture));
    case ["logs", var folder, .. var parts]:
        return await LogBench.RunAsync(Path.GetFullPath(folder), parts);
    case ["print", var kind, var lines, var took]:
        return await LogLines.PrintAsync(kind, long.Parse(lines, CultureInfo.InvariantCulture), took);
    case ["compare", var folder, var results, .. var words]:
        return await CompareBench.RunAsync(Path.GetFullPath(folder), Path.GetFullPath(results), words);
    case ["callbacks", var library]:
        return await CallbackProbe.RunAsync(library);
    default:
        Console.Error.WriteLine("usage: Executor.Bench startup|bridge|announce|config|logs|rolling|compare|soak OUT, the folder of the published programs; rolling: and seconds; soak: and minutes; compare: and the file for the results, and options");
        return 2;
}
