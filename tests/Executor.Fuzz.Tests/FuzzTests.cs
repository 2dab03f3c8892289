using System.Globalization;
using Executor.Fuzz.Tests.Engine;
using Executor.Fuzz.Tests.Targets;

namespace Executor.Fuzz.Tests;

/// <summary>
/// Whatever others write is read, or refused in one line. FUZZ_SECONDS says how long each target is fed, each run with other
/// inputs; without it a run is short and like the one before, as far as it does not depend on other threads. FUZZ_SEED repeats
/// a run.
/// </summary>
[NonParallelizable]
public sealed class FuzzTests
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private static readonly FuzzTarget[] Targets =
    [
        new FramingTarget(),
        new AgentMessageTarget(),
        new TaskTarget(),
        new LabelTarget(),
        new FrameworkMessageTarget(),
        new LineTarget(),
        new LumberjackTarget(),
        new AppTarget(),
        new ConsulTarget(),
        new VaasTarget(),
        new HaProxyTarget(),
        new ConfigurationTarget(),
        new VaultTarget(),
        new DocumentTarget(),
        new KeyTarget(),
        new HookAnswerTarget(),
        new SettingTarget(),
        new SupervisorTarget(),
    ];

    private static IEnumerable<TestCaseData> All => Targets.Select(target => new TestCaseData(target).SetArgDisplayNames($"{target}"));

    [TestCaseSource(nameof(All))]
    public void Whatever_comes_is_read_or_refused(object target)
    {
        var seconds = Number("FUZZ_SECONDS");
        var seed = Number("FUZZ_SEED") ?? (seconds is null ? 1 : Random.Shared.Next());
        // At once: an input that ends the process leaves nothing else to repeat it by.
        TestContext.Progress.WriteLine($"{target}: FUZZ_SEED={seed}");
        var loop = new FuzzLoop((FuzzTarget)target, seed);
        var worker = new Thread(() => loop.Run(TimeSpan.FromSeconds(seconds ?? 3))) { IsBackground = true };
        worker.Start();
        var found = loop.Found;
        while (found is null && !worker.Join(Look)) found = loop.FindHang();
        found ??= loop.Found;

        TestContext.Progress.WriteLine(loop);
        if (found is not null) Assert.Fail($"{loop}, FUZZ_SEED={seed}\n{found}");
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
