using Executor.Core.Hooks;
using Executor.Core.Ports;
using Mesos;

namespace Executor.Core.Tests.Hooks;

/// <summary>Tasks for hooks that are tested by themselves.</summary>
internal static class Hooked
{
    public static HookedTask Task(
        IReadOnlyDictionary<string, string>? labels = null, IReadOnlyDictionary<string, string>? environment = null,
        ITaskControl? control = null, IReadOnlySet<string>? appVariables = null)
    {
        var info = new TaskInfo
        {
            Name = "cart.shop",
            TaskId = new TaskID { Value = "shop_cart.1" },
            SlaveId = new SlaveID { Value = "S0" },
            Labels = new Labels(),
        };
        foreach (var (key, value) in labels ?? new Dictionary<string, string>())
            info.Labels.Labels_.Add(new Label { Key = key, Value = value });
        return new HookedTask
        {
            Info = info,
            Labels = new TaskLabels(info),
            Executor = new ExecutorIdentity("e", "marathon", "10.0.0.7"),
            Process = new ProcessDescription
            {
                Program = "app",
                Arguments = ["app"],
                Environment = environment ?? new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
                WorkingDirectory = "/",
            },
            AppVariables = appVariables ?? new HashSet<string>(),
            Control = control ?? new NoControl(),
        };
    }

    public static Dictionary<string, string> Labels(params (string Key, string Value)[] labels) =>
        labels.ToDictionary(label => label.Key, label => label.Value, StringComparer.Ordinal);

    private sealed class NoControl : ITaskControl
    {
        public void ReportHealth(bool healthy, string? text = null) => throw new InvalidOperationException();

        public void ReportCheck(CheckStatusInfo status) => throw new InvalidOperationException();

        public void EndUnhealthy(string why) => throw new InvalidOperationException();

        public void EndExpired(string why) => throw new InvalidOperationException();
    }
}
