using Keten.Contracts.Machines;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Machines.Hall;

namespace Keten.Tests.Contracts.Machines;

/// <summary>The shop lets its lender see what each month came to and how long the press ran, and nothing else.</summary>
public sealed class UsageFeedStories : ContractTests<UsageFeed>
{
    private const int Year = 400;

    private static readonly Slice ForTheLender = new(Pieces: false, Hours: true, Standing: false, Services: false, Due: true);

    private static readonly Hash Note = Paper("note");

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Fact]
    public void Any_sequence_of_calls_keeps_the_rules() => CheckAnySequence(seed: 1, steps: 100);

    [Fact]
    public void The_user_alone_grants() => Granted()
        .ThenEmitted(new UsageFeed.Granted(Lender, ForTheLender, Day(Year))).ThenState(new UsageFeed(Shop, Lender, Use, ForTheLender, Day(Year), January.Plus(-1)));

    [Fact]
    public void A_grant_shows_something_to_somebody_else_for_a_while()
    {
        Refused(Grant() with { Slice = default });
        Refused(Grant() with { Reader = Shop });
        Refused(Grant() with { Until = Day(10) });
        Open(UsedWorld(), Grant(), [Maker]).ThenRefused(KernelRefusal.SignatureMissing);

        void Refused(UsageFeed.Grant grant) => Open(UsedWorld(), grant, [Shop]).ThenRefused(UsageFeed.NotAGrant);
    }

    [Fact]
    public void Only_the_slice_is_shown_an_hour_after_each_month() => Granted()
        .At(February).ThenEmitted()
        .At(February.Plus(3_600)).ThenEmitted(new UsageFeed.Shown(January, Seen(February, 36_000, 20_000)))
        .ThenKept(UsageFeed.Months, January, Seen(February, 36_000, 20_000))
        .At(March.Plus(3_600)).ThenEmitted(new UsageFeed.Shown(February, Seen(March, 0, 20_000)))
        .ThenState(new UsageFeed(Shop, Lender, Use, ForTheLender, Day(Year), February));

    [Fact]
    public void Each_reader_has_a_slice_of_its_own() =>
        Open(UsedWorld(), Grant() with { Reader = Insurer, Slice = new Slice(true, false, true, true, false) }, [Shop])
            .At(February.Plus(3_600)).ThenEmitted(new UsageFeed.Shown(January, new UsageFeed.Seen(February, 150, null, 14_400, 1, null)));

    [Fact]
    public void What_came_before_the_grant_is_not_shown() => Open(Later(UsedWorld(), February.Plus(7_200)), Grant(), [Shop])
        .At(March.Plus(3_600)).ThenEmitted(new UsageFeed.Shown(February, Seen(March, 0, 20_000))).ThenKept(UsageFeed.Months, January, null);

    [Fact]
    public void A_month_that_was_credited_is_shown_again() => Granted()
        .When(new UsageFeed.ShowAgain(January), signedBy: [Lender]).ThenRefused(UsageFeed.NotShown)
        .At(February.Plus(3_600))
        .Meanwhile(world => world.Do(Use, new MachineUse.Credit(January, Cents(5_000), Note), Maker))
        .When(new UsageFeed.ShowAgain(January), signedBy: [Lender]).ThenEmitted(new UsageFeed.Shown(January, Seen(February, 36_000, 15_000)))
        .ThenKept(UsageFeed.Months, January, Seen(February, 36_000, 15_000))
        .When(new UsageFeed.ShowAgain(February), signedBy: [Shop]).ThenRefused(UsageFeed.NotShown);

    [Fact]
    public void What_is_taken_back_shows_nothing_more() => Granted()
        .When(new UsageFeed.Withdraw(), signedBy: [Lender]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new UsageFeed.Withdraw(), signedBy: [Shop]).ThenEmitted(new UsageFeed.Withdrawn(Lender)).ThenEnded()
        .At(March.Plus(3_600)).ThenEmitted().ThenKept(UsageFeed.Months, January, null);

    [Fact]
    public void A_grant_lapses_by_itself() => Open(UsedWorld(), Grant() with { Until = Day(40) }, [Shop])
        .At(February.Plus(3_600)).ThenEmitted(new UsageFeed.Shown(January, Seen(February, 36_000, 20_000)))
        .At(Day(40)).ThenEmitted(new UsageFeed.Lapsed(Lender)).ThenEnded();

    [Fact]
    public void The_last_month_of_a_machine_ends_it() => Granted()
        .Meanwhile(world => world.Do(Use, new MachineUse.Leave(Shop), Shop))
        .At(February.Plus(3_600)).ThenEmitted(new UsageFeed.Shown(January, new UsageFeed.Seen(Day(24), null, 36_000, null, null, Cents(20_000)))).ThenEnded();

    [Fact]
    public void The_reader_reads_the_feed_and_not_the_agreement_behind_it()
    {
        var story = Granted();
        var ledger = story.World.Ledger;
        Assert.True(ledger.ReadersOf(story.Agreement.Number)!.Value.Allows(Lender));
        Assert.False(ledger.ReadersOf(story.Agreement.Number)!.Value.Allows(Insurer));
        Assert.False(ledger.ReadersOf(Use.Number)!.Value.Allows(Lender));
    }

    protected override World NewWorld() => UsedWorld();

    protected override Story<UsageFeed> Opened() => Granted().At(February.Plus(3_600));

    /// <summary>Nothing is held.</summary>
    protected override void Release(Story<UsageFeed> story)
    {
    }

    private Story<UsageFeed> Granted() => Open(UsedWorld(), Grant(), [Shop]);

    protected override object? AnyOf(Type clause, Random random, World world) =>
        clause == typeof(UsageFeed.Withdraw) && random.Next(9) == 0 ? new UsageFeed.Withdraw() : new UsageFeed.ShowAgain(random.Next(2) == 0 ? January : February);

    private static UsageFeed.Grant Grant() => new(Lender, Use, ForTheLender, Day(Year));

    private static UsageFeed.Seen Seen(Instant until, uint seconds, long due) => new(until, null, seconds, null, null, Cents(due));

    // The press has made 150 pieces in ten hours, has stood for four, and has called the fitter once.
    private static World UsedWorld()
    {
        var world = Hall.NewWorld();
        world.Open(Agree(), All);
        world.Until(Day(10));
        return world.Do(Use, Reading(After(1, Day(10), 150, 10, 4), new Condition(200, 0)), Press).Do(Use, new MachineUse.Serve(Note), Fitter);
    }

    private static World Later(World world, Instant moment)
    {
        world.Until(moment);
        return world;
    }
}
