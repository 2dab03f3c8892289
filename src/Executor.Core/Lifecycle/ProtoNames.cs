using System.Text;
using Mesos;
using TaskStatus = Mesos.TaskStatus;

namespace Executor.Core.Lifecycle;

/// <summary>The names of states and reasons as mesos.proto writes them, which is how people know them.</summary>
public static class ProtoNames
{
    public static string Of(TaskState state) => Upper(state.ToString());

    /// <summary>The generator strips the enumeration's own name from its members.</summary>
    public static string Of(TaskStatus.Types.Reason reason) => "REASON_" + Upper(reason.ToString());

    private static string Upper(string pascal)
    {
        var name = new StringBuilder(pascal.Length + 8);
        foreach (var character in pascal)
        {
            if (char.IsAsciiLetterUpper(character) && name.Length > 0) name.Append('_');
            name.Append(char.ToUpperInvariant(character));
        }

        return name.ToString();
    }
}
