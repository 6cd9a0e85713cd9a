using Keten.Contracts.Parts;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Parts.Stores;

namespace Keten.Tests.Contracts.Parts;

/// <summary>Claims under the makers' cover, each held against the part's own history.</summary>
public sealed class WarrantyStories : ContractTests<Warranty>
{
    private static readonly Sgtin First = BatteryNo("5001"), Second = BatteryNo("5002");

    private static readonly Hash Report = Paper("report");

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 100);

    [Fact]
    public void A_claim_that_the_history_bears_out_is_paid_when_nobody_rejects_it() => Opened()
        .ThenEmitted(new Warranty.Agreed(Maker, Shop, Cents(100_000))).ThenState(Standing(0, 0))
        .At(Day(8)).When(Claim(First), signedBy: [Shop]).ThenEmitted(new Warranty.Made(1, First, Vin, Works, Cents(80_000), Day(18)))
        .ThenKept(Warranty.Claims, new Warranty.ClaimKey(1), new Warranty.Claim(First, 1, Vin, Works, Cents(80_000), Report, ClaimStage.Waiting, Cents(0)))
        .ThenKept(Warranty.Mountings, StepKey.Of(First.Key, 1), new Warranty.Claimed(1)).ThenKept(Warranty.Open, new Warranty.ClaimKey(1), new Warranty.Waiting(Day(18)))
        .When(Claim(First), signedBy: [Shop]).ThenRefused(Warranty.ClaimedAlready)
        .At(Day(18)).ThenEmitted(new Warranty.Paid(1, Cents(80_000), Cents(0))).ThenBalance(Shop, Cents(1_080_000)).ThenBalance(Maker, Cents(920_000))
        .ThenKept(Warranty.Open, new Warranty.ClaimKey(1), null)
        .When(new Warranty.Reject(1, Why), signedBy: [Maker]).ThenRefused(Warranty.NotOpen)
        .When(new Warranty.GiveBack(1, Cents(80_001), Why), signedBy: [Shop]).ThenRefused(Warranty.NotPaid)
        .When(new Warranty.GiveBack(2, Cents(1), Why), signedBy: [Shop]).ThenRefused(Warranty.NotPaid)
        .When(new Warranty.GiveBack(1, Cents(0), Why), signedBy: [Shop]).ThenRefused(Warranty.NotThisMoney)
        .When(new Warranty.End(Maker), signedBy: [Maker]).ThenEmitted(new Warranty.Ended(Maker, Cents(0))).ThenEnded()
        .When(new Warranty.GiveBack(1, Cents(5_000), Why), signedBy: [Shop]).ThenEmitted(new Warranty.GivenBack(1, Cents(5_000), Why)).ThenBalance(Shop, Cents(1_075_000));

    [Fact]
    public void The_maker_accepts_or_rejects() => Opened()
        .When(Claim(First), signedBy: [Shop]).When(new Warranty.Accept(2), signedBy: [Maker]).ThenRefused(Warranty.NotOpen)
        .When(new Warranty.Accept(1), signedBy: [Maker]).ThenEmitted(new Warranty.Paid(1, Cents(80_000), Cents(0))).ThenBalance(Shop, Cents(1_080_000))
        .Meanwhile(world => Mount(world, Second, Vin, 0)).When(Claim(Second), signedBy: [Shop])
        .When(new Warranty.End(Shop), signedBy: [Shop]).ThenRefused(Warranty.StillOpen)
        .When(new Warranty.End(Judge), signedBy: [Judge]).ThenRefused(Warranty.NotAPartyHere)
        .When(new Warranty.Reject(2, Why), signedBy: [Maker]).ThenEmitted(new Warranty.Rejected(2, Why))
        .Later(20).ThenBalance(Shop, Cents(1_080_000));

    [Fact]
    public void What_the_mandate_does_not_reach_is_owed() => Open(NewWorld(), Agree(UpTo(50_000, 50_000)), [Maker, Shop])
        .When(Claim(First), signedBy: [Shop]).Later(10).ThenEmitted(new Warranty.Paid(1, Cents(50_000), Cents(30_000))).ThenState(Standing(1, 30_000))
        .When(new Warranty.End(Maker), signedBy: [Maker]).ThenRefused(Warranty.StillOpen)
        .When(new Warranty.Pay(Cents(30_001)), signedBy: [Maker]).ThenRefused(Warranty.NotPaid)
        .When(new Warranty.Pay(Cents(0)), signedBy: [Maker]).ThenRefused(Warranty.NotThisMoney)
        .When(new Warranty.Pay(Cents(10_000)), signedBy: [Maker]).ThenEmitted(new Warranty.PaidUp(Cents(10_000))).ThenBalance(Shop, Cents(1_060_000))
        .When(new Warranty.End(Shop), signedBy: [Shop]).ThenEmitted(new Warranty.Ended(Shop, Cents(20_000))).ThenEnded();

    [Fact]
    public void Time_and_distance_count_from_the_day_on_which_it_was_mounted()
    {
        Opened().At(Day(20)).When(Claim(First, kilometres: 150_000), signedBy: [Shop]).ThenEmitted(new Warranty.Made(1, First, Vin, Works, Cents(80_000), Day(30)));
        Opened().At(Day(20).Plus(1)).When(Claim(First), signedBy: [Shop]).ThenRefused(Warranty.TooLate);
        Opened().When(Claim(First, kilometres: 150_001), signedBy: [Shop]).ThenRefused(Warranty.TooFar);
        Opened().When(Claim(First, kilometres: 49_999), signedBy: [Shop]).ThenRefused(Warranty.TooFar);
    }

    [Fact]
    public void What_was_taken_out_before_is_not_covered_and_what_the_garage_just_took_out_is()
    {
        Opened().Meanwhile(world => Take(world, Works)).When(Claim(First), signedBy: [Shop]).ThenRefused(Warranty.RemovedBefore);
        Opened().Meanwhile(world => Take(world, Shop)).At(Day(14)).When(Claim(First), signedBy: [Shop]).ThenEmitted(new Warranty.Made(1, First, Vin, Works, Cents(80_000), Day(24)));
        Opened().Meanwhile(world => Take(world, Shop)).At(Day(14).Plus(1)).When(Claim(First), signedBy: [Shop]).ThenRefused(Warranty.RemovedBefore);
        Opened().Meanwhile(world => Take(world, Shop)).Meanwhile(world => Mount(world, First, Vin, 50_100)).When(Claim(First), signedBy: [Shop]).ThenRefused(Warranty.RemovedBefore)
            .When(Claim(First, step: 3), signedBy: [Shop]).ThenEmitted(new Warranty.Made(1, First, Vin, Works, Cents(80_000), Day(10)));
        Opened().Meanwhile(world => Take(world, Shop)).Meanwhile(world => world.Do(PartsBook, new SerialParts.Correct(First, 2, Why), Shop))
            .When(Claim(First), signedBy: [Shop]).ThenEmitted(new Warranty.Made(1, First, Vin, Works, Cents(80_000), Day(10)));
    }

    [Fact]
    public void Only_a_part_that_was_made_and_mounted_there_and_is_in_no_doubt_is_covered() => Opened()
        .When(Claim(Second), signedBy: [Shop]).ThenRefused(Warranty.NotMounted)
        .When(Claim(First, step: 2), signedBy: [Shop]).ThenRefused(Warranty.NotMounted)
        .When(Claim(First) with { Vin = OtherVin }, signedBy: [Shop]).ThenRefused(Warranty.NotMounted)
        .When(Claim(BatteryNo("9999")), signedBy: [Shop]).ThenRefused(Warranty.NotCovered)
        .When(Claim(CellNo("1")), signedBy: [Shop]).ThenRefused(Warranty.NotCovered)
        .When(Claim(First) with { Cost = Cents(100_001) }, signedBy: [Shop]).ThenRefused(Warranty.NotThisMoney)
        .Meanwhile(world => Mount(world, First, OtherVin, 1)).When(Claim(First), signedBy: [Shop]).ThenRefused(Warranty.InDoubt)
        .Meanwhile(world => world.Do(PartsBook, new SerialParts.Explain(1, Why), Brand))
        .When(Claim(First), signedBy: [Shop]).ThenEmitted(new Warranty.Made(1, First, Vin, Works, Cents(80_000), Day(10)));

    [Fact]
    public void Fifteen_claims_wait_at_once()
    {
        var story = Opened();
        for (var each = 0; each < Warranty.OpenAtMost; each++)
        {
            var part = BatteryNo(5_010 + each + "");
            story.When(Claim(part) with { Cost = Cents(1) }, signedBy: [Shop]);
        }
        story.When(Claim(First), signedBy: [Shop]).ThenRefused(Warranty.TooManyClaims).Later(10).ThenBalance(Shop, Cents(1_000_015)).When(Claim(First), signedBy: [Shop]).ThenBalance(Maker, Cents(999_985));
    }

    [Fact]
    public void Terms_are_of_two_parties_in_one_money()
    {
        Refused(Agree() with { Garage = Maker }, Maker);
        Refused(Agree() with { Most = Cents(0) }, Maker, Shop);
        Refused(Agree() with { Most = Cents((1L << 28) + 1) }, Maker, Shop);
        Refused(Agree() with { DaysToAnswer = 0 }, Maker, Shop);
        Open(NewWorld(), Agree(), [Maker]).ThenRefused(KernelRefusal.SignatureMissing);

        void Refused(Warranty.Agree terms, params Actor[] signedBy) => Open(NewWorld(), terms, signedBy).ThenRefused(Warranty.NotTheseTerms);
    }

    protected override World NewWorld()
    {
        var world = StockedWorld();
        Mount(world, First, Vin, 50_000);
        for (var each = 5_010; each < 5_025; each++) Mount(world, BatteryNo(each + ""), Vin, 0);
        return world;
    }

    protected override Story<Warranty> Opened() => Open(NewWorld(), Agree(), [Maker, Shop]);

    // Nothing is ever held here.
    protected override void Release(Story<Warranty> story)
    {
    }

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var number = (uint)random.Next(1, 9);
        return clause == typeof(Warranty.MakeClaim) ? Claim(BatteryNo(5_010 + random.Next(15) + "")) with { Cost = Cents(random.Next(1, 110_000)) }
            : clause == typeof(Warranty.Accept) ? new Warranty.Accept(number)
            : clause == typeof(Warranty.Reject) ? new Warranty.Reject(number, Why)
            : clause == typeof(Warranty.GiveBack) ? new Warranty.GiveBack(number, Cents(random.Next(1, 50_000)), Why)
            : clause == typeof(Warranty.Pay) ? new Warranty.Pay(Cents(random.Next(1, 50_000)))
            : clause == typeof(Warranty.End) && random.Next(9) > 0 ? Claim(BatteryNo(5_010 + random.Next(15) + ""))
            : null;
    }

    private static Warranty.Agree Agree(Mandate? mandate = null) => new(Maker, Shop, PartsBook, Cents(100_000), 10, mandate ?? UpTo(100_000, 900_000));

    private static Warranty.MakeClaim Claim(Sgtin part, uint step = 1, uint kilometres = 60_000) =>
        new(part, step, Vin, new Odometer(kilometres, DistanceUnit.Kilometre), Cents(80_000), Report);

    private static Warranty Standing(uint count, long owed) => new(Maker, Shop, PartsBook, Cents(100_000), 10, count, Cents(owed));

    private static void Mount(World world, Sgtin part, string vin, uint kilometres) => world.Do(PartsBook, new SerialParts.Mount(part, vin, By(Works, 0, kilometres)), Works);

    private static void Take(World world, Actor by) => world.Do(PartsBook, new SerialParts.Remove(First, Vin, By(by, 0, 50_050)), by);
}
