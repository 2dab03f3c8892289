using System.Globalization;
using Executor.Core.Configuration;
using Executor.Core.Hooks;

namespace Executor.Core.Discovery.Consul;

/// <summary>
/// How much of the traffic an instance asks for: <c>consul-weight</c>, reached from <c>consul-warmup-weight</c> in equal
/// steps.
/// </summary>
internal sealed record ConsulWeight(int Start, int Full, TimeSpan Step, int Steps)
{
    private const int MostSteps = 1000;
    internal const int DefaultFull = 100;
    internal const int DefaultSteps = 5;
    internal static readonly TimeSpan DefaultTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestTime = TimeSpan.FromSeconds(1);

    /// <exception cref="InvalidTaskException">A label is not accepted.</exception>
    public static ConsulWeight Of(TaskLabels labels)
    {
        var warmUp = labels.Get(ConsulLabels.WarmUpWeight);
        var full = labels.Get(ConsulLabels.Weight) ?? (warmUp is null ? 1 : DefaultFull);
        if (warmUp is null) return new ConsulWeight(full, full, TimeSpan.Zero, 0);

        var parts = warmUp.Split('/');
        var (time, steps) = (DefaultTime, DefaultSteps);
        return parts.Length <= 3
            && TryNumber(parts[0], full - 1, out var start)
            && (parts.Length < 2 || (MesosDuration.TryParse(parts[1], out time) && time >= ShortestTime))
            && (parts.Length < 3 || TryNumber(parts[2], MostSteps, out steps))
            ? new ConsulWeight(start, full, time / steps, steps)
            : throw TaskLabels.NotAccepted(ConsulLabels.WarmUpWeight, warmUp, string.Create(CultureInfo.InvariantCulture, $"that is {full}"));
    }

    /// <param name="age">Since the announcement.</param>
    public int At(TimeSpan age) => Steps == 0 || age >= Step * Steps
        ? Full
        : Start + (int)((long)(Full - Start) * (age.Ticks / Step.Ticks) / Steps);

    private static bool TryNumber(string text, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= most;
}
