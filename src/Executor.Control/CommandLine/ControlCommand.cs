using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Executor.Control.CommandLine;

/// <summary>The command line of <c>executorctl</c>: what it accepts, and how it says what it does not.</summary>
internal static class ControlCommand
{
    private const int UsageError = 2;

    /// <summary>Parses and runs. Whatever the user got wrong is one line on <paramref name="error"/> and exit code 2.</summary>
    /// <param name="run">Runs <c>executorctl run</c> and returns the exit code.</param>
    /// <param name="doctor">The same for <c>executorctl doctor</c>.</param>
    /// <param name="secrets">The same for <c>executorctl encrypt</c>, <c>decrypt</c> and <c>show-config</c>.</param>
    public static async Task<int> InvokeAsync(
        string[] args,
        Func<RunOptions, Task<int>> run,
        Func<DoctorOptions, Task<int>> doctor,
        Func<SecretOptions, Task<int>> secrets,
        TextWriter output,
        TextWriter error)
    {
        var root = new RootCommand("Companion of the executor: runs Marathon apps without a cluster, checks hosts, encrypts configuration.")
        {
            new RunCommand().Build(run),
            new DoctorCommand().Build(doctor),
        };
        foreach (var command in SecretCommands.Build(secrets)) root.Subcommands.Add(command);
        foreach (var option in root.Options.OfType<VersionOption>()) option.Action = new VersionAction();

        // A value may begin with '@', and short options are never joined.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        try
        {
            if (parsed.Errors.Count > 0) throw new UsageException(Explain(parsed, args));
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                // Signals have a meaning of their own in a run.
                ProcessTerminationTimeout = null,
            });
        }
        catch (UsageException usage)
        {
            await error.WriteLineAsync($"executorctl: {usage.Message}");
            return UsageError;
        }
    }

    /// <summary>The parser's own messages say neither what was given nor what is accepted.</summary>
    private static string Explain(ParseResult parsed, string[] args)
    {
        if (parsed.CommandResult.Command is RootCommand)
            return $"{(args.Length > 0 ? $"\"{args[0]}\" is not accepted" : "nothing is asked for")}; accepted: run APP.json, doctor, encrypt, decrypt, show-config APP.json, --help, --version";
        if (parsed.UnmatchedTokens is [var token, ..])
        {
            var command = parsed.CommandResult.Command.Name;
            var argument = command switch
            {
                "run" or "show-config" => "one APP.json, and ",
                "encrypt" or "decrypt" => "one INPUT, and ",
                _ => "",
            };
            return $"\"{token}\" is not accepted; accepted: {argument}what executorctl {command} --help lists";
        }

        return args is ["run" or "show-config"]
            ? $"{args[0]}: no app is given; accepted: {args[0]} APP.json, a Marathon app definition"
            : Miscounted(parsed) ?? parsed.Errors[0].Message;
    }

    /// <returns>What is said of an option that has no value, or too many; null where there is none.</returns>
    private static string? Miscounted(ParseResult parsed)
    {
        foreach (var option in parsed.CommandResult.Command.Options)
        {
            var result = parsed.GetResult(option);
            var (values, arity) = (result?.Tokens.Count ?? 0, option.Arity);
            if (values < arity.MinimumNumberOfValues && (result is not null || option.Required))
                return $"{option.Name}: no value is given; accepted: {option.Name} {option.HelpName}";
            if (values > arity.MaximumNumberOfValues)
                return $"{option.Name}: {values} values are given; accepted: {option.Name} {option.HelpName}, once";
        }

        return null;
    }

    private sealed class VersionAction : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var version = typeof(ControlCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!;
            parseResult.InvocationConfiguration.Output.WriteLine($"executorctl {version.InformationalVersion}");
            return 0;
        }
    }
}
