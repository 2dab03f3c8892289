using Mesos;

namespace Executor.EndToEnd.Tests.Torture;

/// <summary>An application that makes its end hard.</summary>
/// <param name="Script">For /bin/sh. It writes a line to the file <c>ready</c> when it may be attacked.</param>
/// <param name="EndsByItself">Null where it has to be killed; else the state that it comes to.</param>
/// <param name="Text">What its terminal message says.</param>
public sealed record TortureApp(string Name, string Script, TaskState? EndsByItself, string Text)
{
    // dash knows no "ulimit -u", and leaves at a failed fork unless "command eval" keeps it.
    public static readonly IReadOnlyList<TortureApp> All =
    [
        new("ignores SIGTERM", "trap '' TERM; echo > ready; while :; do sleep 1; done", null, "SIGKILL"),
        new("forks in a loop", "echo > ready; while :; do (sleep 0.01 &); done", null, "killed"),
        new("forks a chain", "echo > ready; chain() { (chain &); }; chain; sleep 1000", null, "killed"),
        new("daemon by double fork and setsid", "(setsid sh -c 'echo > ready; exec sleep 1000' &); sleep 1000", null, "killed"),
        new("child holds stdout", "sleep 1000 & echo > ready", TaskState.TaskFinished, "status 0"),
        new("exits 0 while children run", "(sleep 1000 &); (setsid sleep 1000 &); echo > ready; exit 0", TaskState.TaskFinished, "status 0"),
        new("dumps core", "ulimit -c unlimited; echo > ready; kill -QUIT $$", TaskState.TaskFailed, "SIGQUIT"),
        new("fills the process table", "echo > ready; exec setpriv --reuid=65534 --clear-groups prlimit --nproc=100 sh -c 'while :; do command eval \"sleep 1000 &\" 2> /dev/null; done'", null, "killed"),
        new("pipeline", "echo > ready; while :; do echo line; done | cat | cat > /dev/null", null, "killed"),
        new("drains for 2 s and exits 0", "trap 'sleep 2; exit 0' TERM; echo > ready; while :; do sleep 0.05; done", null, "status 0") { GraceSeconds = 60 },
        new("execs a missing interpreter", "printf '#!/no/such/interpreter\\n' > app; chmod +x app; echo > ready; exec ./app", TaskState.TaskFailed, "status 127"),
    ];

    /// <summary>What it needs to end as <see cref="Text"/> says.</summary>
    public double GraceSeconds { get; private init; } = 0.5;

    public override string ToString() => Name;
}
