namespace Executor.Control.Marathon;

/// <summary>
/// The shell that starts the executor: it reads <c>chmod … &amp;&amp; exec EXECUTOR CMD</c>, and so the app's command line
/// before the executor does. What it finds there it applies to the executor; what comes behind <c>exec</c> and its
/// arguments it never reaches.
/// </summary>
internal static class OuterShell
{
    /// <summary>Behind other words they are mere arguments, and what ends them is a syntax error.</summary>
    private static readonly string[] Keywords = ["if", "for", "while", "until", "case", "{"];

    /// <returns>What in the command line acts on the executor; null where nothing does.</returns>
    public static string? Find(string cmd)
    {
        if (Keywords.FirstOrDefault(word => cmd.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries) is [var first, ..] && first == word) is { } keyword)
            return keyword;

        // What closes the quotes and expansions around the place that is looked at.
        var open = new Stack<char>();
        var (isFirst, goesOn) = (true, false);
        for (var i = 0; i < cmd.Length; i++)
        {
            var next = i + 1 < cmd.Length ? cmd[i + 1] : '\0';
            var isBehindOperator = goesOn;
            goesOn &= char.IsWhiteSpace(cmd[i]);
            if (open.TryPeek(out var close) && cmd[i] == close)
            {
                open.Pop();
            }
            else if (cmd[i] == '\\' && close != '\'')
            {
                i++;
            }
            else if (Opens(cmd[i], next, close) is { } end)
            {
                open.Push(end);
                if (cmd[i] == '$') i++;
            }
            else if (open.Count == 0)
            {
                switch (cmd[i])
                {
                    case '#' when i == 0 || char.IsWhiteSpace(cmd[i - 1]):
                        (goesOn, i) = (isBehindOperator, (cmd.IndexOf('\n', i) is >= 0 and var line ? line : cmd.Length) - 1);
                        break;
                    case ';':
                    case '\n' when !isBehindOperator:
                        return null;
                    case '&' or '|' when next == cmd[i]:
                        (isFirst, goesOn, i) = (false, true, i + 1);
                        break;
                    case '&':
                        return "&"; // of the whole list, wherever it stands
                    case '|' or '<' or '>' or '(' or ')' when isFirst:
                        return cmd[i].ToString();
                    case '|':
                        goesOn = true;
                        break;
                    case '(':
                        open.Push(')');
                        break;
                    case '<' or '>' when next == '&':
                        i++;
                        break;
                }
            }
        }

        return null;
    }

    private static char? Opens(char c, char next, char inside) => (c, inside) switch
    {
        (_, '\'') => null,
        ('$', _) when next == '(' => ')',
        ('$', _) when next == '{' => '}',
        ('"' or '`', _) => c,
        ('\'', not '"') => '\'',
        ('(', ')') => ')',
        _ => null,
    };
}
