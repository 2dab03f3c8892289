using System.CommandLine;
using System.CommandLine.Parsing;

namespace Executor.Control.CommandLine;

/// <summary>Options that say what they accept when they refuse.</summary>
internal static class Options
{
    public static Option<string?> Path(string name, string value, string description) =>
        Typed<string?>(name, value, description, result =>
            Value(result).Length > 0 ? Value(result) : Refuse<string>(result, name, "a path"));

    public static Option<KeyValuePair<string, string>[]> Pairs(string name, string description)
    {
        var option = Typed<KeyValuePair<string, string>[]>(name, "K=V", description, result =>
        {
            var pairs = new List<KeyValuePair<string, string>>();
            foreach (var token in result.Tokens)
            {
                var split = token.Value.IndexOf('=', StringComparison.Ordinal);
                if (split <= 0)
                {
                    result.AddError($"{name}: '{token.Value}' is not accepted; accepted: NAME=VALUE");
                    return null;
                }

                pairs.Add(new(token.Value[..split], token.Value[(split + 1)..]));
            }

            return [.. pairs];
        });
        option.Arity = ArgumentArity.OneOrMore;
        return option;
    }

    public static Option<T> Typed<T>(string name, string value, string description, Func<ArgumentResult, T?> parse) =>
        new(name) { HelpName = value, Description = description, CustomParser = parse };

    public static string Value(ArgumentResult result) => result.Tokens[^1].Value;

    public static T? Refuse<T>(ArgumentResult result, string option, string accepted)
    {
        result.AddError($"{option}: '{Value(result)}' is not accepted; accepted: {accepted}");
        return default;
    }
}
