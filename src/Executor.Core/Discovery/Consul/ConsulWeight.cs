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
    private const string Label = "consul-weight";
    private const string WarmUpLabel = "consul-warmup-weight";
    private const string Accepted = "START, START/DURATION or START/DURATION/STEPS, e.g. 1/30secs/5, of 1secs at least, with a start below the full weight";

    /// <summary>Weights end as those of DNS SRV records.</summary>
    private const int Most = ushort.MaxValue;
    private const int MostSteps = 1000;
    private const int DefaultFull = 100;
    private const int DefaultSteps = 5;
    private static readonly TimeSpan DefaultTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestTime = TimeSpan.FromSeconds(1);

    /// <exception cref="InvalidTaskException">A label is not accepted.</exception>
    public static ConsulWeight Of(IReadOnlyDictionary<string, string> labels)
    {
        var warmUp = labels.GetValueOrDefault(WarmUpLabel);
        var full = warmUp is null ? 1 : DefaultFull;
        if (labels.TryGetValue(Label, out var text) && !TryNumber(text, Most, out full))
            throw new InvalidTaskException($"label {Label} is \"{text}\": accepted is a whole number, 1 to {Most}");
        if (warmUp is null) return new ConsulWeight(full, full, TimeSpan.Zero, 0);

        var parts = warmUp.Split('/');
        var (time, steps) = (DefaultTime, DefaultSteps);
        return parts.Length <= 3
            && TryNumber(parts[0], full - 1, out var start)
            && (parts.Length < 2 || (MesosDuration.TryParse(parts[1], out time) && time >= ShortestTime))
            && (parts.Length < 3 || TryNumber(parts[2], MostSteps, out steps))
            ? new ConsulWeight(start, full, time / steps, steps)
            : throw new InvalidTaskException($"label {WarmUpLabel} is \"{warmUp}\": accepted is {Accepted}, {full}");
    }

    /// <param name="age">Since the announcement.</param>
    public int At(TimeSpan age) => Steps == 0 || age >= Step * Steps
        ? Full
        : Start + (int)((long)(Full - Start) * (age.Ticks / Step.Ticks) / Steps);

    private static bool TryNumber(string text, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= most;
}
