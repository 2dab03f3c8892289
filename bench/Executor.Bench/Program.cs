using Executor.Bench;

if (args is not ["startup", var folder])
{
    Console.Error.WriteLine("usage: Executor.Bench startup OUT, the folder of the published programs");
    return 2;
}

return await StartupBench.RunAsync(Path.GetFullPath(folder));
