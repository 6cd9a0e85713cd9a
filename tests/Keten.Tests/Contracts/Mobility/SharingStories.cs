using Keten.Contracts.Mobility;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.State;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts.Mobility;

/// <summary>Grid's vehicle, Box, is shared with Ada; OtherBox is the platform, Bank the insurer and Eve the city.</summary>
public sealed class SharingStories : ContractTests<Sharing>
{
    private static readonly Hash Report = Paper("report"), Note = Paper("note");

    private static readonly Many<Hash> Photos = new(Paper("front"), Paper("back"));

    private static readonly Agreement<Sharing> It = new(3);

    private static readonly World Signing = Cast.NewWorld();

    private static readonly SharingTerms Terms = new(Cents(25), Cents(30), Cents(1_000), Cents(2_000), 48);

    private static readonly SharingSplit Split = new(OtherBox, new Rate(150_000), Bank, new Rate(100_000), Eve, new Rate(50_000));

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 150);

    [Fact]
    public void A_use_is_priced_by_time_and_distance_and_divided_and_the_deposit_comes_back() => Reserved()
        .ThenEmitted(new Sharing.Booked(Box, Day(0, 1), Day(0, 2), Cents(4_100))).ThenHeld(Cents(4_100)).ThenBalance(Ada, Cents(5_900)).ThenState(Booked)
        .At(Day(0, 1)).When(new Sharing.Unlock(Shown(Day(0, 1), 100_000)), signedBy: [Ada]).ThenEmitted(new Sharing.Unlocked(100_000))
        .ThenState(Booked with { Stage = SharingStage.InUse, UnlockedAt = Day(0, 1), Metres = 100_000 })
        .At(Day(0, 1).Plus(2_400)).When(new Sharing.Return(Shown(Day(0, 1).Plus(2_400), 112_345)))
        .ThenEmitted(new Sharing.Returned(Day(0, 1).Plus(2_400), 12_345, Cents(1_370), Cents(1_370), Cents(2_000)))
        .ThenBalance(Ada, Cents(6_630)).ThenBalance(Grid, Cents(10_960)).ThenBalance(OtherBox, Cents(205)).ThenBalance(Bank, Cents(137)).ThenBalance(Eve, Cents(68))
        .ThenHeld(Cents(2_000)).ThenState(Back)
        .At(Day(2, 1).Plus(2_400)).ThenEmitted(new Sharing.Settled(Cents(0), Cents(0), Cents(2_000))).ThenBalance(Ada, Cents(8_630)).ThenEnded();

    [Fact]
    public void Time_and_hours_of_lateness_are_paid_once_begun()
    {
        Assert.Equal(Cents(25), Terms.ForTime(0));
        Assert.Equal(Cents(25), Terms.ForTime(60));
        Assert.Equal(Cents(50), Terms.ForTime(61));
        Assert.Equal(Cents(0), Terms.ForLateness(-5));
        Assert.Equal(Cents(0), Terms.ForLateness(0));
        Assert.Equal(Cents(1_000), Terms.ForLateness(3_600));
        Assert.Equal(Cents(2_000), Terms.ForLateness(3_601));
        Assert.Equal(Cents(2), Terms.ForDistance(50));
    }

    [Fact]
    public void Among_private_people_the_owner_has_all_of_it() => Open(NewWorld(), Book() with { Split = Split with { ToPlatform = default, ToInsurer = default, ToCity = default } }, [Grid, Ada])
        .At(Day(0, 1)).When(new Sharing.Unlock(Shown(Day(0, 1), 0)), signedBy: [Ada]).When(new Sharing.Return(Shown(Day(0, 1).Plus(60), 0))).ThenBalance(Grid, Cents(10_025));

    [Fact]
    public void A_late_return_is_told_and_costs_what_mandate_and_deposit_reach() => InUse(100_000)
        .At(Day(0, 2)).ThenEmitted(new Sharing.Overdue(Box))
        .At(Day(0, 3).Plus(1_800)).When(new Sharing.Return(Shown(Day(0, 3).Plus(1_800), 250_000)))
        .ThenEmitted(new Sharing.Returned(Day(0, 3).Plus(1_800), 150_000, Cents(10_250), Cents(10_000), Cents(0))).ThenBalance(Ada, Cents(0)).ThenHeld(Cents(0))
        .When(new Sharing.Pay(Cents(251)), signedBy: [Ada]).ThenRefused(Sharing.TooMuch)
        .When(new Sharing.Pay(Cents(0)), signedBy: [Ada]).ThenRefused(Sharing.NotThisMoney)
        .When(new Sharing.Pay(Cents(250)), signedBy: [Ada]).ThenRefused(KernelRefusal.InsufficientFunds)
        .Later(3).ThenEnded().Meanwhile(world => world.Do(Money, new EMoney.Issue(Ada, Cents(300), Note), Bank))
        .When(new Sharing.Pay(Cents(250)), signedBy: [Ada]).ThenEmitted(new Sharing.PaidUp(Cents(250))).ThenBalance(Ada, Cents(50)).ThenBalance(Grid, Cents(17_000 + 250));

    [Fact]
    public void A_longer_way_is_paid_under_the_mandate_before_the_deposit() => InUse(100_000)
        .At(Day(0, 1).Plus(2_400)).When(new Sharing.Return(Shown(Day(0, 1).Plus(2_400), 200_000)))
        .ThenEmitted(new Sharing.Returned(Day(0, 1).Plus(2_400), 100_000, Cents(4_000), Cents(4_000), Cents(2_000))).ThenBalance(Ada, Cents(4_000)).ThenHeld(Cents(2_000));

    [Fact]
    public void The_city_does_not_see_who_went_where()
    {
        var story = Reserved();
        var readers = AgreementReaders.Of(story.World.State, It.Number, story.World.State.Agreement(It.Number)!).Named.ToArray();
        Assert.Equal([Grid.Party, Ada.Party, Judge.Party, OtherBox.Party, Bank.Party], readers);
    }

    [Fact]
    public void A_claim_shows_pictures_and_is_paid_where_the_renter_agrees() => Returned()
        .When(new Sharing.Claim(Cents(1_500), default, Report), signedBy: [Grid]).ThenRefused(Sharing.NotPictures)
        .When(new Sharing.Claim(Cents(1_500), new([.. Enumerable.Repeat(Note, 17)]), Report), signedBy: [Grid]).ThenRefused(Sharing.NotPictures)
        .When(new Sharing.Claim(Cents(0), Photos, Report), signedBy: [Grid]).ThenRefused(Sharing.NotThisMoney)
        .When(new Sharing.Claim(Wh(1), Photos, Report), signedBy: [Grid]).ThenRefused(Sharing.NotThisMoney)
        .When(new Sharing.Accept(), signedBy: [Ada]).ThenRefused(Sharing.NotNow)
        .When(new Sharing.Claim(Cents(1_500), Photos, Report), signedBy: [Grid]).ThenEmitted(new Sharing.Claimed(Cents(1_500), Photos, Report))
        .ThenState(Back with { Stage = SharingStage.Claimed, Asked = Cents(1_500) })
        .When(new Sharing.Claim(Cents(1_500), Photos, Report), signedBy: [Grid]).ThenRefused(Sharing.NotNow)
        .When(new Sharing.Accept(), signedBy: [Ada]).ThenEmitted(new Sharing.Settled(Cents(1_500), Cents(0), Cents(500))).ThenBalance(Grid, Cents(12_460)).ThenBalance(Ada, Cents(7_130)).ThenEnded();

    [Fact]
    public void A_claim_that_is_not_answered_is_paid_out_of_the_deposit_and_then_under_the_mandate() => Returned()
        .When(new Sharing.Claim(Cents(3_000), Photos, Report), signedBy: [Grid])
        .Later(7).ThenEmitted(new Sharing.Settled(Cents(3_000), Cents(0), Cents(0))).ThenBalance(Ada, Cents(5_630)).ThenEnded();

    [Fact]
    public void What_a_claim_is_worth_the_arbiter_rules() => Contested()
        .ThenEmitted(new Sharing.Contested(Note))
        .When(new Sharing.Contest(Note), signedBy: [Ada]).ThenRefused(Sharing.NotNow)
        .When(new Sharing.Rule(Cents(1_501)), signedBy: [Judge]).ThenRefused(Sharing.TooMuch)
        .When(new Sharing.Rule(Cents(-1)), signedBy: [Judge]).ThenRefused(Sharing.NotThisMoney)
        .When(new Sharing.Rule(Cents(500)), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Sharing.Rule(Cents(500)), signedBy: [Judge]).ThenEmitted(new Sharing.Settled(Cents(500), Cents(0), Cents(1_500))).ThenBalance(Ada, Cents(8_130)).ThenEnded();

    [Fact]
    public void A_claim_comes_to_its_end_by_itself_or_is_given_up()
    {
        Contested().Later(30).ThenEmitted(new Sharing.Settled(Cents(0), Cents(0), Cents(2_000))).ThenEnded();
        Contested().When(new Sharing.Drop(), signedBy: [Grid]).ThenBalance(Ada, Cents(8_630)).ThenEnded();
        Returned().When(new Sharing.Drop(), signedBy: [Grid]).ThenRefused(Sharing.NotNow).When(new Sharing.Rule(Cents(1)), signedBy: [Judge]).ThenRefused(Sharing.NotNow)
            .Later(2).When(new Sharing.Claim(Cents(1), Photos, Report), signedBy: [Grid]).ThenRefused(KernelRefusal.AgreementEnded);
    }

    [Fact]
    public void A_vehicle_that_does_not_come_back_is_claimed_a_day_later() => InUse(100_000)
        .At(Day(1, 2).Plus(-1)).When(new Sharing.Claim(Cents(9_000), Photos, Report), signedBy: [Grid]).ThenRefused(Sharing.NotNow)
        .At(Day(1, 2)).When(new Sharing.Claim(Cents(12_000), Photos, Report), signedBy: [Grid])
        .When(new Sharing.Return(Shown(Day(1, 2), 200_000))).ThenRefused(Sharing.NotNow)
        .Later(7).ThenEmitted(new Sharing.Settled(Cents(10_000), Cents(2_000), Cents(0))).ThenBalance(Ada, Cents(0)).ThenBalance(Grid, Cents(20_000)).ThenEnded();

    [Fact]
    public void A_booking_is_called_off_and_who_does_not_come_pays_the_time()
    {
        Reserved().When(new Sharing.CallOff(Ada), signedBy: [Ada]).ThenEmitted(new Sharing.CalledOff(Cents(4_100))).ThenBalance(Ada, Cents(10_000)).ThenEnded();
        Reserved().When(new Sharing.CallOff(Eve), signedBy: [Eve]).ThenRefused(KernelRefusal.SignatureMissing)
            .At(Day(0, 1)).When(new Sharing.CallOff(Ada), signedBy: [Ada]).ThenRefused(Sharing.NotNow)
            .When(new Sharing.CallOff(Grid), signedBy: [Grid]).ThenBalance(Ada, Cents(10_000)).ThenEnded();
        Reserved().At(Day(0, 2)).ThenEmitted(new Sharing.NotUsed(Cents(1_500))).ThenBalance(Ada, Cents(8_500)).ThenBalance(Grid, Cents(11_050)).ThenBalance(OtherBox, Cents(225)).ThenEnded();
    }

    [Fact]
    public void Only_the_vehicle_states_its_odometer_and_at_the_moment() => Reserved()
        .When(new Sharing.Unlock(Shown(Day(0), 0)), signedBy: [Ada]).ThenRefused(Sharing.NotNow)
        .When(new Sharing.Return(Shown(Day(0), 0))).ThenRefused(Sharing.NotNow)
        .At(Day(0, 1))
        .When(new Sharing.Unlock(Signing.Signed(new Sharing.Shown(It, Day(0, 1), 0), Eve)), signedBy: [Ada]).ThenRefused(Sharing.NotTheVehicle)
        .When(new Sharing.Unlock(Shown(Day(0, 1).Plus(901), 0)), signedBy: [Ada]).ThenRefused(Sharing.NotTheVehicle)
        .When(new Sharing.Unlock(Shown(Day(0, 1).Plus(-901), 0)), signedBy: [Ada]).ThenRefused(Sharing.NotTheVehicle)
        .When(new Sharing.Unlock(Shown(Day(0, 1), 500)), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Sharing.Unlock(Shown(Day(0, 1), 500)), signedBy: [Ada])
        .When(new Sharing.Unlock(Shown(Day(0, 1), 500)), signedBy: [Ada]).ThenRefused(Sharing.NotNow)
        .When(new Sharing.Return(Shown(Day(0, 1), 499))).ThenRefused(Sharing.RunsBack)
        .When(new Sharing.Return(Shown(Day(0, 1).Plus(-1), 500))).ThenRefused(Sharing.NotTheVehicle)
        .When(new Sharing.Return(Shown(Day(0, 1).Plus(901), 500))).ThenRefused(Sharing.NotTheVehicle)
        .When(new Sharing.Return(Signing.Signed(new Sharing.Shown(It, Day(0, 1), 500), Eve))).ThenRefused(Sharing.NotTheVehicle)
        .Meanwhile(world => world.Open(Book() with { From = Day(0, 5), Until = Day(0, 6) }, Grid, Ada))
        .When(new Sharing.Return(Signing.Signed(new Sharing.Shown(new(4), Day(0, 1), 500), Box))).ThenRefused(Sharing.NotTheVehicle);

    [Fact]
    public void A_key_of_the_renters_telephone_unlocks_and_does_nothing_else()
    {
        var telephone = new Actor("Ada's telephone");
        Reserved().Meanwhile(world => world.Call(new KernelCalls.AddDelegate(Ada, telephone.Public, new Many<Scope>(new Scope(17, 3)), default, Day(1)), Ada, telephone))
            .When(new Sharing.CallOff(Ada), signedBy: [telephone]).ThenRefused(KernelRefusal.OutsideDelegation)
            .At(Day(0, 1)).When(new Sharing.Unlock(Shown(Day(0, 1), 7)), signedBy: [telephone]).ThenEmitted(new Sharing.Unlocked(7));
    }

    [Fact]
    public void What_should_not_have_been_paid_is_given_back_also_afterwards() => Returned()
        .When(new Sharing.GiveBack(Cents(1_371), Note), signedBy: [Grid]).ThenRefused(Sharing.TooMuch)
        .When(new Sharing.GiveBack(Cents(0), Note), signedBy: [Grid]).ThenRefused(Sharing.NotThisMoney)
        .When(new Sharing.GiveBack(Cents(370), Note), signedBy: [Grid]).ThenEmitted(new Sharing.GivenBack(Cents(370), Note)).ThenBalance(Ada, Cents(7_000))
        .Later(3).ThenEnded().When(new Sharing.GiveBack(Cents(1_000), Note), signedBy: [Grid]).ThenBalance(Ada, Cents(10_000))
        .When(new Sharing.GiveBack(Cents(1), Note), signedBy: [Grid]).ThenRefused(Sharing.TooMuch);

    [Fact]
    public void Terms_are_of_three_parties_with_a_time_and_whole_shares()
    {
        Open(NewWorld(), Book() with { Renter = Grid }, [Grid]).ThenRefused(Sharing.NotThreeParties);
        Refused(Book() with { Arbiter = Ada }, Sharing.NotThreeParties);
        Refused(Book() with { Arbiter = Grid }, Sharing.NotThreeParties);
        Refused(Book() with { Terms = Terms with { Deposit = Wh(1) } }, Sharing.NotThisMoney);
        Refused(Book() with { Terms = Terms with { PerMinute = Cents(-1) } }, Sharing.NotThisMoney);
        Refused(Book() with { Besides = new Mandate(Wh(1), Wh(1), Day(9)) }, Sharing.NotThisMoney);
        Refused(Book() with { Split = Split with { ToCity = new Rate(750_001) } }, Sharing.NotASplit);
        Refused(Book() with { Split = Split with { ToCity = new Rate(-1) } }, Sharing.NotASplit);
        Refused(Book() with { From = Day(0).Plus(-1) }, Sharing.NotATime);
        Refused(Book() with { Until = Day(0, 1) }, Sharing.NotATime);
        Refused(Book() with { Until = Day(60, 1).Plus(1) }, Sharing.NotATime);
        Refused(Book() with { Vehicle = new Actor("nobody") }, Sharing.NotEnrolled);
        Refused(Book() with { Split = Split with { City = new Actor("nobody") } }, Sharing.NotEnrolled);
        Open(NewWorld(), Book(), [Ada]).ThenRefused(KernelRefusal.SignatureMissing);

        void Refused(Sharing.Book terms, Refusal<Sharing> because) => Open(NewWorld(), terms, [Grid, Ada]).ThenRefused(because);
    }

    protected override World NewWorld() => Cast.NewWorld();

    // The booked time begins at once, so that random calls come to use it.
    protected override Story<Sharing> Opened() => Open(NewWorld(), Book() with { From = Day(0) }, [Grid, Ada]);

    private Story<Sharing> Reserved() => Open(NewWorld(), Book(), [Grid, Ada]);

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var shown = world.Signed(new Sharing.Shown(It, world.Now, (uint)random.Next(2_000)), Box);
        return clause == typeof(Sharing.Rule) ? new Sharing.Rule(Cents(random.Next(2_000)))
            : clause == typeof(Sharing.GiveBack) ? new Sharing.GiveBack(Cents(random.Next(-1, 60)), Note)
            : clause == typeof(Sharing.Drop) || clause == typeof(Sharing.CallOff) ? null
            : world.StateOf(It).Stage switch
            {
                SharingStage.Booked => new Sharing.Unlock(shown),
                SharingStage.InUse => new Sharing.Return(shown),
                SharingStage.Returned => new Sharing.Claim(Cents(random.Next(1, 4_000)), Photos, Report),
                SharingStage.Claimed when random.Next(3) > 0 => new Sharing.Contest(Note),
                _ => null,
            };
    }

    internal static Sharing.Book Book() => new(Grid, Ada, Judge, Box, Split, Terms, Day(0, 1), Day(0, 2), 20, UpTo(10_000, 20_000));

    internal static Signed<Sharing.Shown> Shown(Instant at, uint metres) => Signing.Signed(new Sharing.Shown(It, at, metres), Box);

    private static Sharing Booked =>
        new(Grid, Ada, Judge, Box, Split, Terms, Day(0, 1), Day(0, 2), SharingStage.Booked, null, 0, Cents(0), Cents(0), Cents(0));

    private static Sharing Back => Booked with { Stage = SharingStage.Returned, UnlockedAt = Day(0, 1), Metres = 100_000, Paid = Cents(1_370) };

    private Story<Sharing> InUse(uint metres) => Reserved().At(Day(0, 1)).When(new Sharing.Unlock(Shown(Day(0, 1), metres)), signedBy: [Ada]);

    private Story<Sharing> Returned() => InUse(100_000).At(Day(0, 1).Plus(2_400)).When(new Sharing.Return(Shown(Day(0, 1).Plus(2_400), 112_345)));

    private Story<Sharing> Contested() =>
        Returned().When(new Sharing.Claim(Cents(1_500), Photos, Report), signedBy: [Grid]).When(new Sharing.Contest(Note), signedBy: [Ada]);
}
