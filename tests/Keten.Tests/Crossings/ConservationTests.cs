using Keten.Contracts.Crossings;
using Keten.Kernel;
using static Keten.Tests.Crossings.TwoLedgers;

namespace Keten.Tests.Crossings;

/// <summary>Whatever anybody does in whatever order, on both ledgers, with proofs of any age: no cent is made or lost, and in the end each transfer is with its sender or with whom it was for.</summary>
public sealed class ConservationTests
{
    [Fact]
    public void Money_is_conserved_over_both_ledgers_in_any_order_of_steps()
    {
        var ended = new int[4];
        for (var seed = 1; seed <= 6; seed++) Run(seed, ended);
        Assert.All(ended[1..], count => Assert.True(count > 0, "some step never happened: " + string.Join(", ", ended)));
    }

    private static void Run(int seed, int[] ended)
    {
        var (random, two) = (new Random(seed), new TwoLedgers());
        var proofs = new List<(Side Of, ulong Number, Proof Proof)>();
        for (var step = 0; step < 70; step++)
        {
            var here = random.Next(2) == 0 ? two.Home : two.Abroad;
            var there = two.Other(here);
            switch (random.Next(10))
            {
                case 0 or 1 or 2:
                    var (from, to) = random.Next(2) == 0 ? (Ada, Bob) : (Bob, Ada);
                    if (here.Balance(from) > 0) two.Send(here, from, to, 1 + random.NextInt64(Math.Min(here.Balance(from), 3_000)), random.Next(-20, 200));
                    break;
                case 3:
                    here.Ledger.Wait(random.Next(1, 60));
                    break;
                case 4 or 5:
                    if (here.Sent > 0) Keep(here, random.NextInt64(1, (long)here.Sent + 1), number => here.Show(here.TransferKey(number)));
                    break;
                case 6 when there.Sent > 0:
                    Keep(here, random.NextInt64(1, (long)there.Sent + 1), number => here.ShowAbsence(number));
                    break;
                case 7 when there.Sent > 0:
                    Keep(here, random.NextInt64(1, (long)there.Sent + 1), number => here.Show(here.ReceiptKey(number)));
                    break;
                default:
                    if (proofs.Count == 0) break;
                    var (of, shown, proof) = proofs[random.Next(proofs.Count)];
                    var by = two.Other(of);
                    if (by.Do(new Crossing.Receive(Number(shown), proof)) is null) ended[1]++;
                    if (by.Do(new Crossing.TakeBack(Number(shown), proof)) is null) ended[2]++;
                    if (by.Do(new Crossing.Settle(Number(shown), proof)) is null) ended[3]++;
                    break;
            }
            two.Adds();
        }
        foreach (var side in new[] { two.Home, two.Abroad }) side.Ledger.Wait(1_000);
        foreach (var side in new[] { two.Home, two.Abroad })
        {
            var there = two.Other(side);
            for (var number = 1ul; number <= side.Sent; number++)
            {
                if (side.Transfer(number).Stage != TransferStage.UnderWay) continue;
                if (there.HasReceived(number)) Assert.Null(side.Do(new Crossing.Settle(Number(number), there.Show(there.ReceiptKey(number)))));
                else Assert.Null(side.Do(new Crossing.TakeBack(Number(number), there.ShowAbsence(number))));
            }
        }
        two.Adds();
        Assert.Equal(two.Home.Own, -two.Abroad.Own);

        void Keep(Side of, long number, Func<ulong, Proof> show) => proofs.Add((of, (ulong)number, show((ulong)number)));
    }
}
