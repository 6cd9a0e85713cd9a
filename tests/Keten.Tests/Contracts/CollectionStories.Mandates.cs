using Keten.Contracts.Banking;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts;

public sealed partial class CollectionStories
{
    [Fact]
    public void A_mandate_is_revoked_and_given_anew() => Announced()
        .When(new Collection.Revoke(), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Collection.Revoke(), signedBy: [Ada]).ThenEmitted(new Collection.MandateEnded("GRID-0001"))
        .When(new Collection.Revoke(), signedBy: [Ada]).ThenRefused(Collection.NoMandate)
        .When(new Collection.Present(1, File), signedBy: [Box]).ThenRefused(Collection.NoMandate)
        .When(new Collection.Drop(1), signedBy: [Grid])
        .When(new Collection.Announce(Monday, false), signedBy: [Grid]).ThenRefused(Collection.NoMandate)
        .When(new Collection.MoveAccount(OtherAccount), signedBy: [Ada]).ThenRefused(Collection.NoMandate)
        .When(new Collection.Rename("GRID-0002", Signed.CreditorId), signedBy: [Grid]).ThenRefused(Collection.NoMandate)
        .When(new Collection.GiveMandate(Signed with { SignedOn = Day(1) }), signedBy: [Ada]).ThenRefused(Collection.NotAMandate)
        .When(new Collection.GiveMandate(Signed with { Amended = new Amendment(null, null, true) }), signedBy: [Ada]).ThenRefused(Collection.NotAMandate)
        .When(new Collection.GiveMandate(Signed with { Reference = "GRID-0002", SignedOn = Day(0) }), signedBy: [Ada]).ThenEmitted(new Collection.MandateGiven("GRID-0002", Day(0)))
        .When(new Collection.Announce(Monday, false), signedBy: [Grid]).ThenEmitted(new Collection.Announced(2, Cents(1_000), Monday, Sequence.First, "GRID-0002"));

    [Fact]
    public void A_mandate_that_is_not_used_lapses_after_36_months() => Opened(Signed with { SignedOn = Day(-1_086) })           // 11 January 2023
        .When(new Collection.Bill(January, Cents(100)), signedBy: [Grid])
        .When(new Collection.Announce(Day(12), false), signedBy: [Grid]).ThenRefused(Collection.NoMandate)
        .At(Day(11).Plus(-1)).ThenEmitted().Later(0, seconds: 1).ThenEmitted(new Collection.MandateEnded("GRID-0001"))
        .When(new Collection.Announce(Day(19), false), signedBy: [Grid]).ThenRefused(Collection.NoMandate);

    [Fact]
    public void A_mandate_that_is_used_does_not_lapse() => Opened(Signed with { SignedOn = Day(-1_086) })
        .When(new Collection.Bill(January, Cents(100)), signedBy: [Grid]).When(new Collection.Announce(Day(8), false), signedBy: [Grid])
        .At(Day(14)).ThenEmitted().When(new Collection.Present(1, File), signedBy: [Box]);

    [Fact]
    public void Amendments_are_told_with_the_next_debit_and_again_where_that_fails()
    {
        var amended = new Amendment("GRID-0001", null, OtherAccount: true);
        var told = First(1_000) with { Under = Signed with { Reference = "GRID-0002", Account = OtherAccount, Amended = amended }, On = Tuesday };
        Opened().When(new Collection.MoveAccount(OtherAccount), signedBy: [Ada]).ThenEmitted(new Collection.MandateAmended("GRID-0001"))
            .When(new Collection.Rename("GRID-0002", Signed.CreditorId), signedBy: [Grid]).ThenEmitted(new Collection.MandateAmended("GRID-0002"))
            .When(new Collection.Rename("GRID-0002", "DE00ZZZ09999999999"), signedBy: [Grid]).ThenRefused(Collection.NotAMandate)
            .When(new Collection.Bill(January, Cents(1_000)), signedBy: [Grid]).When(new Collection.Announce(Tuesday, false), signedBy: [Grid])
            .ThenKept(Collection.Debits, Number(1), told)
            .ThenState(Plain with { Mandate = told.Under with { Amended = null }, Debt = Owes(0, underway: 1_000), Use = new MandateUse(1, Tuesday, false) })
            .When(new Collection.Present(1, File), signedBy: [Box]).When(new Collection.Undo(1, Undoing.Reject, "AC04", Tuesday), signedBy: [Box])
            .ThenState(Plain with { Mandate = told.Under, Debt = Owes(1_300, 1_300), Use = new MandateUse(0, Tuesday, false) });
    }

    [Fact]
    public void What_is_changed_and_changed_back_was_never_amended() => Opened()
        .When(new Collection.Rename(Signed.Reference, Signed.CreditorId), signedBy: [Grid]).ThenState(Plain);

    [Fact]
    public void A_single_debit_is_all_that_a_single_mandate_gives() => Opened(Signed with { OneOff = true })
        .When(new Collection.Bill(January, Cents(1_000)), signedBy: [Grid])
        .When(new Collection.Announce(Monday, false), signedBy: [Grid]).ThenEmitted(new Collection.Announced(1, Cents(1_000), Monday, Sequence.OneOff, "GRID-0001"))
        .When(new Collection.Bill(February, Cents(1_000)), signedBy: [Grid]).When(new Collection.Announce(Tuesday, false), signedBy: [Grid]).ThenRefused(Collection.NoMandate)
        .When(new Collection.Drop(1), signedBy: [Grid])
        .When(new Collection.Announce(Tuesday, false), signedBy: [Grid]).ThenEmitted(new Collection.Announced(2, Cents(2_000), Tuesday, Sequence.OneOff, "GRID-0001"));

    [Fact]
    public void After_the_last_debit_there_is_none() => Settled()
        .When(new Collection.Bill(February, Cents(10)), signedBy: [Grid])
        .When(new Collection.Announce(Day(19), Last: true), signedBy: [Grid]).ThenEmitted(new Collection.Announced(2, Cents(10), Day(19), Sequence.Final, "GRID-0001"))
        .When(new Collection.Bill(Note, Cents(10)), signedBy: [Grid]).When(new Collection.Announce(Day(20), false), signedBy: [Grid]).ThenRefused(Collection.NoMandate);

    [Fact]
    public void The_three_are_three_and_their_words_are_such_as_banks_take()
    {
        Refused(Terms(Signed) with { Debtor = Grid }, Collection.NotThreeParties, [Grid]);
        Refused(Terms(Signed) with { Gateway = Grid }, Collection.NotThreeParties, [Grid, Ada]);
        Refused(Terms(Signed) with { Gateway = Ada }, Collection.NotThreeParties, [Grid, Ada]);
        Refused(Terms(Signed with { Reference = "" }), Collection.NotAMandate, [Grid, Ada]);
        Refused(Terms(Signed with { Reference = "Müller" }), Collection.NotAMandate, [Grid, Ada]);
        Refused(Terms(Signed with { Reference = "/1" }), Collection.NotAMandate, [Grid, Ada]);
        Refused(Terms(Signed with { CreditorId = "DE97ZZZ09999999999" }), Collection.NotAMandate, [Grid, Ada]);
        Refused(Terms(Signed with { SignedOn = Day(0, 1) }), Collection.NotAMandate, [Grid, Ada]);
        Refused(Terms(Signed with { SignedOn = Day(-1_200) }), Collection.NotAMandate, [Grid, Ada]);
        Refused(Terms(Signed) with { Terms = ByDebit with { Fee = Cents(-1) } }, Collection.NotThisMoney, [Grid, Ada]);
        Refused(Terms(Signed) with { Leave = new Mandate(Wh(1), Wh(1), Day(9)) }, Collection.NotThisMoney, [Grid, Ada]);
        Refused(Terms(Signed) with { Safeguard = new Mandate(new Unit(9).Of(1), new Unit(9).Of(1), Day(9)) }, Collection.NotThisMoney, [Grid, Ada]);

        void Refused(Collection.Agree opening, Refusal<Collection> refusal, Actor[] signedBy) => Open(NewWorld(), opening, signedBy).ThenRefused(refusal);
    }

    // After each step of a random sequence: what is under way is what the debits say, and nothing is late that is not open.
    protected override bool IsOver(Story<Collection> story)
    {
        var (debt, underway) = (story.State.Debt, 0L);
        var debits = story.World.State.RowsOf(story.Agreement.Number, Collection.Debits.Number, null, 1_000);
        foreach (var row in debits)
            if (Codecs.Read(row.Value) is { IsUnderway: true } debit) underway += debit.Amount.Minor;
        if (debt.Open.Minor < 0 || debt.Arrears > debt.Open || debt.Arrears.Minor < 0 || underway != debt.Underway.Minor || story.State.Shortfall.Minor < 0)
            throw new StoryException($"the debt does not add up: {debt}, debits under way {underway}");
        return debits.Count > 25;
    }

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var (number, day) = ((uint)random.Next(1, 8), world.Now.DayNumber);
        var open = TargetCalendar.OnOrAfter(day + random.Next(4, 9));
        return clause == typeof(Collection.Bill) ? new Collection.Bill(Paper($"invoice {random.Next(40)}"), Cents(random.Next(1, 900)))
            : clause == typeof(Collection.Announce) ? new Collection.Announce(CalendarDate.Of(open).Begin, random.Next(30) == 0)
            : clause == typeof(Collection.Drop) && random.Next(3) > 0 ? new Collection.TakeIn(number)
            : clause == typeof(Collection.Present) ? new Collection.Present(number, File)
            : clause == typeof(Collection.Settle) ? new Collection.Settle(number, CalendarDate.Of(day).Begin, Entry)
            : clause == typeof(Collection.Undo) ? new Collection.Undo(number, (Undoing)random.Next(5, 11), random.Next(9) == 0 ? "MD01" : "AM04", CalendarDate.Of(day).Begin)
            : clause == typeof(Collection.Credit) ? new Collection.Credit(Paper($"invoice {random.Next(40)}"), Cents(random.Next(1, 400)), Note)
            : clause == typeof(Collection.Receive) ? new Collection.Receive(Cents(random.Next(1, 400)), Paper($"entry {random.Next(99)}"))
            : clause == typeof(Collection.Pay) ? new Collection.Pay(Cents(random.Next(1, 400)))
            : clause == typeof(Collection.Revoke) || clause == typeof(Collection.GiveMandate) ? new Collection.GiveMandate(Signed with { SignedOn = CalendarDate.Of(day).Begin })
            : clause == typeof(Collection.Choose) ? new Collection.Choose(ByDebit with { Rail = random.Next(4) == 0 ? Rail.EMoney : Rail.DirectDebit })
            : null;
    }

    private static CollectionTerms ByDebit => new(Rail.DirectDebit, GridsAccount, 5, Cents(300), 7);

    private static Collection Plain => new(Grid, Ada, Box, ByDebit, Signed, new MandateUse(0, Signed.SignedOn, false), Debt.None(Euro), Cents(0), 0);

    private static readonly Mandate FineMandate = new(Fine(1_000_000), Fine(1_000_000), Day(1_000));

    private static Collection.Agree Terms(SepaMandate mandate) => new(Grid, Ada, Box, ByDebit, mandate, UpTo(500, 5_000), UpTo(100_000, 1_000_000));

    private static Debt Owes(long open, long arrears = 0, long underway = 0) => new(Cents(open), Cents(arrears), Cents(underway));

    private static Collection.DebitNumber Number(uint number) => new(number);

    private static Debit First(long cents) => new(Cents(cents), Monday, Sequence.First, Signed, GridsAccount, Day(0), Stage.Announced, null, null, "");

    private static Amount Fine(long millionths) => new Unit(3).Of(millionths);

    // The same, and euro in ten-thousandths.
    private World FineWorld()
    {
        var world = NewWorld();
        world.Open(new EMoney.Begin(Bank, "EUR", 4), Bank);
        return world;
    }

    private static Action<World> Spend(Actor who, long cents) => world => world.Call(new KernelCalls.Transfer(null, Judge, Cents(cents), null), who);

    private Story<Collection> Opened(SepaMandate mandate) => Open(NewWorld(), Terms(mandate), [Grid, Ada]);

    private Story<Collection> On(Rail rail) => Open(NewWorld(), Terms(Signed) with { Terms = ByDebit with { Rail = rail } }, [Grid, Ada]);

    private Story<Collection> Announced(SepaMandate? mandate = null) => Opened(mandate ?? Signed)
        .When(new Collection.Bill(January, Cents(1_000)), signedBy: [Grid]).When(new Collection.Announce(Monday, false), signedBy: [Grid]);

    private Story<Collection> Presented(SepaMandate? mandate = null) => Announced(mandate).When(new Collection.Present(1, File), signedBy: [Box]);

    private Story<Collection> Settled(SepaMandate? mandate = null) => Presented(mandate).At(Tuesday).When(new Collection.Settle(1, Monday, Entry), signedBy: [Box]);

    private static class Codecs
    {
        private static readonly Codec<Debit> DebitCodec = (Codec<Debit>)Collection.Contents.Tables.Single(table => table.Number == Collection.Debits.Number).ValueCodec;

        public static Debit Read(byte[] value) => DebitCodec.FromBytes(value);
    }
}
