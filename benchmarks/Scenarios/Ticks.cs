using System.Security.Cryptography;
using Keten.Bench.Harness;
using Keten.Client;
using Keten.Contracts.Money;
using Keten.Kernel;

namespace Keten.Bench.Scenarios;

/// <summary>Micro-payment ticks: a payee's device checks link after link of payers' chains, on one core, with every tick and with two of three lost on the way; and a payer makes the chains.</summary>
internal static class Ticks
{
    private const uint AChannel = TickChannel.Segment * TickChannel.AnchorsAtMost;

    public static Task MeasureAsync(Run run)
    {
        var channels = run.Pick(10, 30, 200);
        for (var round = 0; round <= run.Rounds; round++)
        {
            var (payers, links) = (new TickPayer[channels], new Hash[channels][]);
            var making = Run.Time(() =>
            {
                for (var each = 0; each < channels; each++) payers[each] = new TickPayer(RandomNumberGenerator.GetBytes(Hash.Size), AChannel);
            });
            for (var each = 0; each < channels; each++) links[each] = [.. Enumerable.Range(1, (int)AChannel).Select(tick => payers[each].LinkOf((uint)tick))];
            var every = Run.Time(() => TakeAll(payers, links, step: 1));
            var third = Run.Time(() => TakeAll(payers, links, step: 3));
            if (round == 0) continue;
            run.Add("ticksPerSecondACore", "/s", channels * AChannel / every);
            run.Add("linksMadePerSecondACore", "/s", channels * AChannel / making);
            run.Add("ticksPerSecondTwoOfThreeLost", "/s", channels * AChannel / third);
        }
        run.Aim("ticksPerSecondACore", atLeast: 1_000_000);
        return Task.CompletedTask;
    }

    private static void TakeAll(TickPayer[] payers, Hash[][] links, uint step)
    {
        var (payer, payee, until) = (new Party(Hash.Of("payer"u8).ToArray().AsSpan(0, 20)), new Party(Hash.Of("payee"u8).ToArray().AsSpan(0, 20)), new Instant(1));
        for (var each = 0; each < payers.Length; each++)
        {
            var receiver = new TickReceiver(new TickChannel(payer, payee, new Unit(1).Of(1), AChannel, payers[each].Anchors, until, 0));
            for (var tick = step; tick <= AChannel; tick += step)
                if (!receiver.Take(tick, links[each][tick - 1])) throw new InvalidOperationException("A good link was not taken.");
        }
    }
}
