using Executor.Bench;

switch (args)
{
    case ["startup", var folder]:
        return await StartupBench.RunAsync(Path.GetFullPath(folder));
    case ["announce", var folder]:
        return await AnnounceBench.RunAsync(Path.GetFullPath(folder));
    case ["bridge", var folder]:
        return await BridgeBench.RunAsync(Path.GetFullPath(folder));
    case ["callbacks", var library]:
        return await CallbackProbe.RunAsync(library);
    default:
        Console.Error.WriteLine("usage: Executor.Bench startup|bridge|announce OUT, the folder of the published programs");
        return 2;
}
