using Keten.Contracts.Parts;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Parts.Stores;

namespace Keten.Tests.Contracts.Parts;

/// <summary>What was sent, what arrived, and what is short or over.</summary>
public sealed class ConsignmentStories : ContractTests<Consignment>
{
    private static readonly Many<Lot> Advised = new(new Lot(Cell, "1", 500), new Lot(Battery, "5001", 2));

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 100);

    [Fact]
    public void What_arrives_as_advised_is_done_with() => Opened()
        .ThenEmitted(new Consignment.Despatched(Maker, Works, "DA-1", Advised)).ThenState(new Consignment(Maker, Works, PartsBook, "DA-1", Advised, Day(0), null))
        .When(new Consignment.Receive(new(new Lot(Battery, "5002", 1), new Lot(Cell, "251", 250), new Lot(Cell, "1", 250), new Lot(Battery, "5001", 1)), Done), signedBy: [Works])
        .ThenEmitted(new Consignment.Received(502, 0, 0)).ThenEnded();

    [Fact]
    public void Short_and_over_are_told_to_the_part() => Opened()
        .When(new Consignment.Receive(new(new Lot(Cell, "1", 100), new Lot(Cell, "102", 409), new Lot(Battery, "5002", 1)), Done), signedBy: [Works])
        .ThenEmitted(new Consignment.Received(510, 2, 10))
        .ThenState(new Consignment(Maker, Works, PartsBook, "DA-1", Advised, Day(0), new Receipt(Day(0), new(new Lot(Cell, "1", 100), new Lot(Cell, "102", 409), new Lot(Battery, "5002", 1)),
            new(new Stretch(Cell, 101, 101, null), new Stretch(Battery, 5001, 5001, null)), new(new Stretch(Cell, 501, 510, null)), default, Done)))
        .When(new Consignment.Receive(Advised, Done), signedBy: [Works]).ThenRefused(Consignment.CountedAlready)
        .When(new Consignment.Withdraw(), signedBy: [Maker]).ThenRefused(Consignment.CountedAlready)
        .When(new Consignment.Acknowledge(Why), signedBy: [Maker]).ThenEmitted(new Consignment.Acknowledged(2, 10, Why)).ThenEnded()
        .When(new Consignment.Recount(Advised, Why), signedBy: [Works]).ThenEmitted(new Consignment.Recounted(502, 0, 0))
        .When(new Consignment.Recount(new(Advised[0], Advised[0]), Why), signedBy: [Works]).ThenRefused(Consignment.NotParts);

    [Fact]
    public void What_nobody_has_made_is_told_apart_when_it_arrives() => Opened()
        .When(new Consignment.Receive(new(Advised[0], Advised[1], new Lot(Battery, "9999", 1), new Lot(Battery, "COPY", 1)), Done), signedBy: [Works])
        .ThenEmitted(new Consignment.NeverMade(Maker, new(new Lot(Battery, "9999", 1), new Lot(Battery, "COPY", 1))), new Consignment.Received(504, 0, 2));

    [Fact]
    public void Nothing_may_arrive_and_an_advice_may_be_withdrawn()
    {
        Opened().When(new Consignment.Recount(default, Why), signedBy: [Works]).ThenRefused(Consignment.NotCounted).When(new Consignment.Acknowledge(Why), signedBy: [Maker]).ThenRefused(Consignment.NotCounted)
            .When(new Consignment.Receive(default, Done), signedBy: [Works]).ThenEmitted(new Consignment.Received(0, 502, 0));
        Opened().When(new Consignment.Withdraw(), signedBy: [Maker]).ThenEmitted(new Consignment.Withdrawn("DA-1")).ThenEnded();
    }

    [Fact]
    public void Only_members_send_and_only_what_has_been_made()
    {
        Refused(new(Maker, Maker, PartsBook, "1", Advised), Maker, Consignment.NotTwoParties);
        Refused(new(Backyard, Works, PartsBook, "1", Advised), Backyard, Consignment.NotAMember);
        Refused(new(Maker, Works, PartsBook, "1", default), Maker, Consignment.NotParts);
        Refused(new(Maker, Works, PartsBook, "1", new(new Lot(Cell, "1", 2), new Lot(Cell, "2", 1))), Maker, Consignment.NotParts);
        Refused(new(Maker, Works, PartsBook, "1", new(new Lot(Cell, "A", 2))), Maker, Consignment.NotParts);
        Refused(new(Maker, Works, PartsBook, "1", new(new Lot(Cell, "10000", 2))), Maker, Consignment.NotMade);
        Refused(new(Maker, Works, PartsBook, "1", new(new Lot(Cell, "A", 1))), Maker, Consignment.NotMade);
        Open(StockedWorld(), Sent(), []).ThenRefused(KernelRefusal.SignatureMissing);

        void Refused(Consignment.Send sent, Actor by, Refusal<Consignment> because) => Open(StockedWorld(), sent, [by]).ThenRefused(because);
    }

    /// <summary>Against a plain set of serials, whatever the ranges.</summary>
    [Fact]
    public void What_one_list_has_and_another_not_is_exact()
    {
        var random = new Random(7);
        for (var round = 0; round < 500; round++)
        {
            var (from, taken) = (Some(), Some());
            var left = new SortedSet<ulong>(from.SelectMany(Serials));
            left.ExceptWith(taken.SelectMany(Serials));
            var found = Lots.Without(from, taken).SelectMany(stretch => Enumerable.Range((int)stretch.First, (int)stretch.Count)).Select(serial => (ulong)serial).Order();
            Assert.Equal(left, found);
        }

        Many<Lot> Some()
        {
            var (lots, next) = (new List<Lot>(), 1);
            for (var each = random.Next(6); each > 0; each--)
            {
                var (first, count) = (next + random.Next(4), random.Next(1, 6));
                lots.Add(new Lot(Cell, first + "", (uint)count));
                next = first + count;
            }
            return new([.. lots]);
        }

        static IEnumerable<ulong> Serials(Lot lot) => Enumerable.Range(0, (int)lot.Count).Select(each => Gs1.Counting(lot.From)!.Value + (ulong)each);
    }

    protected override World NewWorld() => StockedWorld();

    protected override Story<Consignment> Opened() => Open(StockedWorld(), Sent(), [Maker]);

    // Nothing is ever held here.
    protected override void Release(Story<Consignment> story)
    {
    }

    protected override object? AnyOf(Type clause, Random random, World world) =>
        clause == typeof(Consignment.Receive) ? new Consignment.Receive(new(new Lot(Cell, random.Next(1, 9) + "", (uint)random.Next(1, 600))), Done)
            : clause == typeof(Consignment.Recount) ? new Consignment.Recount(new(new Lot(Cell, random.Next(1, 9) + "", (uint)random.Next(1, 600))), Done)
            : clause == typeof(Consignment.Withdraw) && random.Next(9) > 0 ? new Consignment.Recount(Advised, Why)
            : null;

    private static Consignment.Send Sent() => new(Maker, Works, PartsBook, "DA-1", Advised);
}
