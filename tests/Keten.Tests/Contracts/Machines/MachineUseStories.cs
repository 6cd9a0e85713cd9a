using Keten.Contracts.Machines;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Machines.Hall;

namespace Keten.Tests.Contracts.Machines;

/// <summary>A shop works with a maker's press and pays by the piece and by the hour; a lender and an insurer have their shares.</summary>
public sealed partial class MachineUseStories : ContractTests<MachineUse>
{
    private static readonly Hash Note = Paper("note"), Report = Paper("report");

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 200);

    [Fact]
    public void They_agree_from_what_the_counter_shows() => Opened()
        .ThenState(Begun).ThenEmitted(new MachineUse.Agreed(Maker, Shop, Press, Cents(10_000))).ThenHeld(Cents(10_000)).ThenBalance(Shop, Cents(990_000));

    [Fact]
    public void Bank_and_insurer_sign_where_there_are_any()
    {
        Open(NewWorld(), Agree(), [Maker, Shop, Lender]).ThenRefused(KernelRefusal.SignatureMissing);
        Open(NewWorld(), Agree() with { Terms = Terms with { Instalment = null, Premium = null } }, [Maker, Shop]).ThenHeld(Cents(10_000));
    }

    [Fact]
    public void Who_signs_readings_is_neither_paid_nor_pays()
    {
        Refused(Agree() with { Machine = Maker }, MachineUse.NotThreeParties);
        Refused(Agree() with { Machine = Shop }, MachineUse.NotThreeParties);
        Refused(Agree() with { Machine = Lender }, MachineUse.NotThreeParties);
        Refused(Agree() with { Machine = Insurer }, MachineUse.NotThreeParties);
        Open(NewWorld(), Agree() with { Owner = Shop }, [Shop, Lender, Insurer]).ThenRefused(MachineUse.NotThreeParties);
        Open(NewWorld(), Agree() with { User = Lender, Deposit = Cents(0) }, [Maker, Lender, Insurer]).ThenRefused(MachineUse.NotThreeParties);
        Open(NewWorld(), Agree() with { User = Insurer, Deposit = Cents(0) }, [Maker, Lender, Insurer]).ThenRefused(MachineUse.NotThreeParties);
    }

    [Fact]
    public void Terms_that_cannot_be_carried_out_are_refused()
    {
        RefusedTerms(Terms with { Tariff = Tariff with { PerPiece = new(new PriceStep(1, Cents(1), 1)) } });
        RefusedTerms(Terms with { Instalment = new Instalment(Lender, new Rate(950_001), Cents(1)) });
        RefusedTerms(Terms with { Instalment = new Instalment(Lender, new Rate(0), Cents(1)) });
        RefusedTerms(Terms with { Instalment = new Instalment(Lender, new Rate(1), Cents(0)) });
        RefusedTerms(Terms with { Instalment = new Instalment(Lender, new Rate(1), Wh(1)) });
        RefusedTerms(Terms with { Premium = new Premium(Insurer, new Rate(-1)) });
        RefusedTerms(Terms with { Premium = new Premium(Insurer, new Rate(long.MaxValue)) });
        RefusedTerms(Terms with { Service = Service with { Days = 0 } });
        RefusedTerms(Terms with { Service = Service with { Late = Cents(-1) } });
        RefusedTerms(Terms with { Service = Service with { Late = Wh(1) } });
        Open(NewWorld(), Agree() with { Terms = Terms with { Instalment = new Instalment(Lender, new Rate(950_000), Cents(1)) } }, All).ThenHeld(Cents(10_000));

        void RefusedTerms(MachineTerms terms) => Refused(Agree() with { Terms = terms }, MachineUse.NotTheseTerms);
    }

    [Fact]
    public void Money_is_of_one_unit_that_lasts()
    {
        Refused(Agree() with { Deposit = Cents(-1) }, MachineUse.NotThisMoney);
        Refused(Agree() with { Deposit = new Unit(9).Of(1) }, MachineUse.NotThisMoney);
        Refused(Agree() with { Leave = new Mandate(new Unit(9).Of(1), new Unit(9).Of(1), Day(9)) }, MachineUse.NotThisMoney);
        Refused(Agree() with { Start = Start with { At = Day(0).Plus(901) } }, MachineUse.AheadOfTime);
    }

    [Fact]
    public void A_month_is_priced_and_divided_by_itself() => Opened()
        .Makes(1, day: 10, pieces: 120, hours: 8).ThenEmitted(new MachineUse.Counted(8, 120, 28_800, 0))
        .Makes(3, day: 20, pieces: 150, hours: 10).ThenEmitted(new MachineUse.Counted(10, 30, 7_200, 0))
        .At(February).ThenEmitted(SettledMonth(January, February, 150, 10, 0, cost: 26_000, credit: 0, paid: 26_000, owed: 0))
        .ThenBalance(Shop, Cents(964_000)).ThenBalance(Lender, Cents(7_800)).ThenBalance(Insurer, Cents(1_300)).ThenBalance(Maker, Cents(116_900)).ThenHeld(Cents(10_000))
        .ThenState(Begun with { Last = After(3, Day(20), 150, 10), Month = Month.From(February, Euro), Dues = new Dues(Cents(0), Cents(26_000), Cents(7_800), Cents(1_300)) })
        .ThenKept(MachineUse.Bills, January, new Bill(new Month(January, 150, 36_000, 0, 0, Cents(0)), February, Cents(26_000), Cents(0), Cents(0)))
        .At(March).ThenEmitted(SettledMonth(February, March, 0, 0, 0, cost: 20_000, credit: 0, paid: 20_000, owed: 0));

    [Fact]
    public void A_month_that_was_not_whole_costs_its_part_of_the_minimum() =>
        Open(Later(NewWorld(), 16), Agree(), All).At(February).ThenEmitted(SettledMonth(Day(16), February, 0, 0, 0, cost: 9_677, credit: 0, paid: 9_677, owed: 0));

    [Fact]
    public void A_doubled_an_older_and_a_backward_reading_are_refused_each_for_its_reason() => Opened()
        .Makes(5, day: 10, pieces: 120, hours: 8)
        .When(Reading(After(5, Day(10), 120, 8))).ThenRefused(MachineUse.CountedAlready)
        .When(Reading(After(5, Day(10), 130, 8))).ThenRefused(MachineUse.CountedAlready)
        .When(Reading(After(4, Day(9), 110, 8))).ThenRefused(MachineUse.OlderThanLast)
        .When(Reading(After(6, Day(10).Plus(-1), 120, 8))).ThenRefused(MachineUse.RunsBack)
        .When(Reading(After(6, Day(10), 119, 8))).ThenRefused(MachineUse.RunsBack)
        .When(Reading(After(6, Day(10), 120, 7))).ThenRefused(MachineUse.RunsBack)
        .When(Reading(After(6, Day(10), 120, 8) with { Down = Start.Down - 1 })).ThenRefused(MachineUse.RunsBack)
        .When(Reading(After(6, Day(10), 120, 8) with { Failures = Start.Failures - 1 })).ThenRefused(MachineUse.RunsBack)
        .ThenState(Begun with { Last = After(5, Day(10), 120, 8), Month = Month.From(January, Euro) with { Pieces = 120, Seconds = 28_800 } });

    [Fact]
    public void Only_the_machine_counts_and_only_here() => Opened().At(Day(10))
        .When(Reading(After(1, Day(10), 1), by: OtherPress)).ThenRefused(MachineUse.NotTheMachine)
        .When(Reading(After(1, Day(10), 1), by: Maker)).ThenRefused(MachineUse.NotTheMachine)
        .When(Reading(After(1, Day(10), 1), agreement: new Agreement<MachineUse>(1))).ThenRefused(KernelRefusal.BadReference)
        .Meanwhile(world => world.Open(Agree(), All))
        .When(Reading(After(1, Day(10), 1), agreement: new Agreement<MachineUse>(3))).ThenRefused(MachineUse.NotTheMachine);

    [Fact]
    public void No_machine_works_ahead_of_time_or_more_than_there_is() => Opened().At(Day(1))
        .When(Reading(After(1, Day(1).Plus(901), 1))).ThenRefused(MachineUse.AheadOfTime)
        .When(Reading(After(1, Day(1), 1, hours: 47, down: 2))).ThenRefused(MachineUse.MoreThanTime)
        .When(Reading(After(1, Day(1).Plus(900), 1, hours: 47, down: 1))).ThenEmitted(new MachineUse.Counted(8, 1, 47 * 3_600, 3_600));

    [Fact]
    public void More_than_a_month_can_count_is_refused() => Opened().At(Day(1))
        .When(Reading(After(1, Day(1)) with { Pieces = 3_000_000_000 }))
        .When(new MachineUse.Exchange(OtherPress, new Counter(1, Day(1), 0, 0, 0, 0)), signedBy: [Maker, Shop])
        .When(Reading(new Counter(2, Day(1), 1_294_977_296, 0, 0, 0), by: OtherPress)).ThenRefused(MachineUse.MoreThanAMonth)
        .When(Reading(new Counter(2, Day(1), 1_294_977_295, 0, 0, 0), by: OtherPress)).ThenEmitted(new MachineUse.Counted(2, 1_294_977_295, 0, 0));

    [Fact]
    public void Standing_is_credited() => Opened()
        .Makes(1, day: 10, pieces: 150, hours: 10, down: 4)
        .At(February).ThenEmitted(SettledMonth(January, February, 150, 10, 4, cost: 26_000, credit: 6_000, paid: 20_000, owed: 0)).ThenBalance(Shop, Cents(970_000));

    [Fact]
    public void Wear_strain_and_failures_call_the_fitter() => Opened().At(Day(2))
        .When(new MachineUse.Serve(Report), signedBy: [Fitter]).ThenRefused(MachineUse.NoServiceCalled)
        .When(Reading(After(1, Day(2), failures: 2), new Condition(199, 10_999))).ThenEmitted(new MachineUse.Counted(8, 0, 0, 0))
        .When(Reading(After(2, Day(2), failures: 2), new Condition(200, 0))).ThenEmitted(new MachineUse.Counted(9, 0, 0, 0), Call(ServiceCause.Wear, 200, 0))
        .When(Reading(After(3, Day(2), failures: 2), new Condition(201, 0))).ThenEmitted(new MachineUse.Counted(10, 0, 0, 0))
        .When(new MachineUse.Serve(Report), signedBy: [Maker]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new MachineUse.Serve(Report), signedBy: [Fitter]).ThenEmitted(new MachineUse.Served(Day(2), Report))
        .When(Reading(After(4, Day(2), failures: 4), new Condition(0, 11_000))).ThenEmitted(new MachineUse.Counted(11, 0, 0, 0), Call(ServiceCause.Strain, 0, 11_000))
        .When(new MachineUse.Serve(Report), signedBy: [Fitter])
        .When(Reading(After(5, Day(2), failures: 6))).ThenEmitted(new MachineUse.Counted(12, 0, 0, 0))
        .When(Reading(After(6, Day(2), failures: 7))).ThenEmitted(new MachineUse.Counted(13, 0, 0, 0), Call(ServiceCause.Failures, 0, 0))
        .ThenState(Begun with { Last = After(6, Day(2), failures: 7), Month = Month.From(January, Euro) with { Services = 3 }, Upkeep = new Upkeep(8, Day(2)) })
        .Later(2).When(new MachineUse.Serve(Report), signedBy: [Fitter]).Later(9).ThenEmitted();

    [Fact]
    public void What_is_not_watched_calls_nobody() => Open(NewWorld(), Agree() with { Terms = Terms with { Service = Service with { Wear = 0, Strain = 0, Failures = 0 } } }, All).At(Day(2))
        .When(Reading(After(1, Day(2), failures: 99), new Condition(9_999, 99_999))).ThenEmitted(new MachineUse.Counted(8, 0, 0, 0));

    [Fact]
    public void A_service_that_comes_late_is_credited_once() => Opened().At(Day(2))
        .When(Reading(After(1, Day(2), 150, 10), new Condition(200, 0)))
        .At(Day(6)).ThenEmitted(new MachineUse.ServiceLate(Day(2), Cents(5_000)))
        .When(Reading(After(2, Day(6), 150, 10), new Condition(240, 0))).Later(9).ThenEmitted()
        .When(new MachineUse.Serve(Report), signedBy: [Fitter])
        .At(February).ThenEmitted(SettledMonth(January, February, 150, 10, 0, cost: 26_000, credit: 5_000, paid: 21_000, owed: 0));

    [Fact]
    public void The_month_is_read_by_those_who_work_with_the_machine_and_not_by_bank_and_insurer()
    {
        var story = Opened();
        var readers = story.World.Ledger.ReadersOf(story.Agreement.Number)!.Value;
        Assert.All(new[] { Maker, Shop, Press, Fitter }, who => Assert.True(readers.Allows(who)));
        Assert.All(new[] { Lender, Insurer, Bank }, who => Assert.False(readers.Allows(who)));
    }

    protected override World NewWorld() => Hall.NewWorld();

    protected override Story<MachineUse> Opened() => Open(NewWorld(), Agree(), All);

    protected override void Release(Story<MachineUse> story)
    {
        if (story.State is { Over: false, Leaves: null }) story.When(new MachineUse.Leave(Maker), signedBy: [Maker]);
        if (!story.State.Over) story.Later(15);
        if (!story.HasEnded) story.When(new MachineUse.Waive(), signedBy: [Maker]);
        story.ThenEnded();
    }

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var state = world.StateOf(Use);
        if (clause == typeof(MachineUse.Count)) return Reading(Next(state.Last, random, world), new Condition((uint)random.Next(250), (uint)random.Next(12_000)), state.Machine == Press ? Press : OtherPress);
        if (clause == typeof(MachineUse.Pay)) return new MachineUse.Pay(Cents(random.NextInt64(-1, Math.Max(5, state.Dues.Owed.Minor + 2))));
        if (clause == typeof(MachineUse.Credit)) return new MachineUse.Credit(January, Cents(random.Next(-1, 3_000)), Note);
        if (clause == typeof(MachineUse.Exchange)) return new MachineUse.Exchange(random.Next(2) == 0 ? Press : OtherPress, state.Last with { Number = 1, Pieces = 0, Failures = 0 });
        if (clause == typeof(MachineUse.Renew)) return new MachineUse.Renew(UpTo(random.Next(1, 30_000), 60_000));
        if (clause == typeof(MachineUse.Revise)) return new MachineUse.Revise(Tariff with { Minimum = Cents(random.Next(-1, 30_000)), PerDownHour = Cents(random.Next(3_000)) });
        return clause == typeof(MachineUse.Leave) && random.Next(12) > 0 ? Reading(Next(state.Last, random, world)) : null;
    }

    private static Counter Next(Counter last, Random random, World world)
    {
        var (at, time) = (world.Now, (uint)Math.Max(0, Math.Min(world.Now - last.At, 1_000_000)));
        return new Counter(last.Number + (uint)random.Next(4), at, last.Pieces + (uint)random.Next(200), last.Seconds + time / 2, last.Down + time / (uint)random.Next(3, 20), last.Failures + (uint)random.Next(2));
    }

    private static MachineUse.ServiceCalled Call(ServiceCause cause, uint wear, uint strain) => new(cause, new Condition(wear, strain));

    private static World Later(World world, int days)
    {
        world.Until(Day(days));
        return world;
    }

    private void Refused(MachineUse.Agree agree, Refusal<MachineUse> because) => Open(NewWorld(), agree, All).ThenRefused(because);
}
