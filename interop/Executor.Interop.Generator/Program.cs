using Executor.Interop.Generator;

return await CommandLine.RunAsync(args, Console.Out, Console.Error);
