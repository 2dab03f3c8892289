using Mesos;

namespace Executor.Core.Hooks;

/// <summary>What a generic check says while nothing is known: a task with one has a status from its first on.</summary>
internal static class CheckStatuses
{
    public static CheckStatusInfo Unknown(CheckInfo.Types.Type type)
    {
        var status = new CheckStatusInfo { Type = type };
        switch (type)
        {
            case CheckInfo.Types.Type.Command:
                status.Command = new CheckStatusInfo.Types.Command();
                break;
            case CheckInfo.Types.Type.Http:
                status.Http = new CheckStatusInfo.Types.Http();
                break;
            case CheckInfo.Types.Type.Tcp:
                status.Tcp = new CheckStatusInfo.Types.Tcp();
                break;
        }

        return status;
    }
}
