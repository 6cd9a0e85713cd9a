using Keten.Contracts.Metering;
using Keten.Contracts.Tariffs;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts;

public sealed partial class MeteredUseStories
{
    [Fact]
    public void Contested_money_is_taken_back_and_kept() => Charged()
        .When(new MeteredUse.Dispute(Session, Claim), signedBy: [Ada]).ThenEmitted(new MeteredUse.Disputed(Session, Cents(600), Claim))
        .ThenHeld(Cents(600)).ThenBalance(Grid, Cents(10_000)).ThenBalance(Ada, Cents(9_400)).ThenState(Plain)
        .ThenKept(MeteredUse.Disputes, Session, new OpenDispute(Cents(600), Claim, null));

    [Fact]
    public void Without_an_answer_the_customer_is_right() => Disputed()
        .At(Day(14).Plus(-1)).ThenEmitted().ThenHeld(Cents(600))
        .Later(0, seconds: 1).ThenEmitted(new MeteredUse.Settled(Session, Settlement.Unanswered, Cents(0), Cents(0), Cents(600), Cents(0)))
        .ThenHeld(Cents(0)).ThenBalance(Ada, Cents(10_000)).ThenBalance(Grid, Cents(10_000)).ThenKept(MeteredUse.Disputes, Session, null);

    [Fact]
    public void Without_a_ruling_the_provider_is_right() => Disputed()
        .Later(13).When(new MeteredUse.Answer(Session, Reply), signedBy: [Grid]).ThenEmitted(new MeteredUse.Answered(Session, Reply))
        .ThenKept(MeteredUse.Disputes, Session, new OpenDispute(Cents(600), Claim, Reply))
        .At(Day(73).Plus(-1)).ThenEmitted().ThenHeld(Cents(600))
        .Later(0, seconds: 1).ThenEmitted(new MeteredUse.Settled(Session, Settlement.Unruled, Cents(600), Cents(100), Cents(0), Cents(600)))
        .ThenHeld(Cents(0)).ThenBalance(Ada, Cents(9_400)).ThenBalance(Grid, Cents(10_600));

    [Fact]
    public void The_provider_gives_in() => Disputed()
        .When(new MeteredUse.Concede(Session), signedBy: [Grid]).ThenEmitted(new MeteredUse.Settled(Session, Settlement.Conceded, Cents(0), Cents(0), Cents(600), Cents(0)))
        .ThenHeld(Cents(0)).ThenBalance(Ada, Cents(10_000)).Later(15).ThenEmitted();

    [Fact]
    public void The_customer_gives_up() => Disputed()
        .When(new MeteredUse.Drop(Session), signedBy: [Ada]).ThenEmitted(new MeteredUse.Settled(Session, Settlement.Dropped, Cents(600), Cents(100), Cents(0), Cents(600)))
        .ThenHeld(Cents(0)).ThenBalance(Grid, Cents(10_600)).Later(15).ThenEmitted();

    [Fact]
    public void The_arbiter_divides_what_is_contested() => Answered()
        .When(new MeteredUse.Rule(Session, Cents(240)), signedBy: [Judge])
        .ThenEmitted(new MeteredUse.Settled(Session, Settlement.Ruled, Cents(360), Cents(60), Cents(240), Cents(360)))
        .ThenHeld(Cents(0)).ThenBalance(Ada, Cents(9_640)).ThenBalance(Grid, Cents(10_360))
        .ThenKept(MeteredUse.Sessions, Session, Charged(360, 360) with { Disputed = true }).Later(61).ThenEmitted();

    [Fact]
    public void The_arbiter_rules_no_more_than_the_cost_and_only_after_the_answer() => Disputed()
        .When(new MeteredUse.Rule(Session, Cents(1)), signedBy: [Judge]).ThenRefused(MeteredUse.NotInDispute)
        .When(new MeteredUse.Answer(Session, Reply), signedBy: [Grid]).ThenHeld(Cents(600))
        .When(new MeteredUse.Rule(Session, Cents(601)), signedBy: [Judge]).ThenRefused(MeteredUse.NotLess)
        .When(new MeteredUse.Rule(Session, Cents(-1)), signedBy: [Judge]).ThenRefused(MeteredUse.NotLess)
        .When(new MeteredUse.Rule(Session, Wh(1)), signedBy: [Judge]).ThenRefused(MeteredUse.NotThisMoney)
        .When(new MeteredUse.Rule(Session, Cents(600)), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing).ThenHeld(Cents(600));

    [Fact]
    public void An_answer_is_given_once() => Answered()
        .When(new MeteredUse.Answer(Session, Reply), signedBy: [Grid]).ThenRefused(MeteredUse.NotInDispute);

    [Fact]
    public void What_is_not_disputed_has_nothing_to_settle() => Charged()
        .When(new MeteredUse.Concede(Session), signedBy: [Grid]).ThenRefused(MeteredUse.NotInDispute)
        .When(new MeteredUse.Drop(Session), signedBy: [Ada]).ThenRefused(MeteredUse.NotInDispute)
        .When(new MeteredUse.Dispute(Second, Claim), signedBy: [Ada]).ThenRefused(MeteredUse.NoSuchSession);

    [Fact]
    public void A_session_is_disputed_once_and_in_time() => Charged()
        .At(Day(60)).When(new MeteredUse.Dispute(Session, Claim), signedBy: [Ada]).ThenHeld(Cents(600))
        .When(new MeteredUse.Drop(Session), signedBy: [Ada]).ThenHeld(Cents(0))
        .When(new MeteredUse.Dispute(Session, Claim), signedBy: [Ada]).ThenRefused(MeteredUse.CannotBeDisputed);

    [Fact]
    public void After_sixty_days_it_is_too_late() => Charged()
        .At(Day(60).Plus(1)).When(new MeteredUse.Dispute(Session, Claim), signedBy: [Ada]).ThenRefused(MeteredUse.CannotBeDisputed);

    [Fact]
    public void While_it_is_disputed_a_session_waits() => Disputed()
        .When(new MeteredUse.Collect(Session), signedBy: [Grid]).ThenRefused(MeteredUse.InDispute)
        .When(new MeteredUse.Credit(Session, Cents(0), Cents(0), Note), signedBy: [Grid]).ThenRefused(MeteredUse.InDispute)
        .When(new MeteredUse.End(), signedBy: [Ada]).ThenRefused(MeteredUse.InDispute);

    [Fact]
    public void What_is_on_hold_pays_for_nothing_else() => Open(PricedWorld(), Terms(700, null), [Grid, Ada])
        .When(Reading(Session, 0, 10_000)).ThenHeld(Cents(100))
        .When(new MeteredUse.Dispute(Session, Claim), signedBy: [Ada]).ThenHeld(Cents(700))
        .When(Reading(Second, 10_000, 20_000, after: 300)).ThenHeld(Cents(600)).ThenState(Plain with { Arrears = Cents(500) })
        .When(new MeteredUse.Concede(Session), signedBy: [Grid]).ThenHeld(Cents(0)).ThenBalance(Ada, Cents(9_900));

    [Fact]
    public void What_the_provider_cannot_give_back_at_once_it_owes() => Charged().Meanwhile(Spend(Grid, 10_400))
        .When(new MeteredUse.Dispute(Session, Claim), signedBy: [Ada]).ThenEmitted(new MeteredUse.Disputed(Session, Cents(200), Claim)).ThenHeld(Cents(200))
        .When(new MeteredUse.Concede(Session), signedBy: [Grid]).ThenState(Plain with { Overpaid = Cents(400) }).ThenBalance(Ada, Cents(9_600))
        .When(new MeteredUse.End(), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new MeteredUse.Collect(Session), signedBy: [Ada]).ThenRefused(MeteredUse.NothingToCollect)
        .Meanwhile(world => world.Do(Money, new Keten.Contracts.Money.EMoney.Issue(Grid, Cents(1_000), Paper("more")), Bank))
        .When(new MeteredUse.Collect(Session), signedBy: [Ada]).ThenEmitted(new MeteredUse.Collected(Session, Cents(0), Cents(400)))
        .ThenState(Plain).ThenBalance(Ada, Cents(10_000)).ThenBalance(Grid, Cents(600)).When(new MeteredUse.End(), signedBy: [Grid]).ThenEnded();

    [Fact]
    public void While_each_owes_the_other_both_end_it() => Open(PricedWorld(), Terms(600, null), [Grid, Ada])
        .When(Reading(Session, 0, 10_000)).Meanwhile(Spend(Grid, 10_600))
        .When(new MeteredUse.Dispute(Session, Claim), signedBy: [Ada]).ThenHeld(Cents(0))
        .When(new MeteredUse.Concede(Session), signedBy: [Grid]).ThenState(Plain with { Overpaid = Cents(600) })
        .When(Reading(Second, 10_000, 20_000, after: 300)).ThenState(Plain with { Overpaid = Cents(600), Arrears = Cents(600) })
        .When(new MeteredUse.End(), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new MeteredUse.End(), signedBy: [Grid, Ada]).ThenEnded();

    [Fact]
    public void A_dispute_strikes_arrears_first() => Open(PricedWorld(), Terms(0, UpTo(250, 3_000)), [Grid, Ada])
        .When(Reading(Session, 0, 10_000)).When(new MeteredUse.Dispute(Session, Claim), signedBy: [Ada]).ThenHeld(Cents(250))
        .When(new MeteredUse.Answer(Session, Reply), signedBy: [Grid]).When(new MeteredUse.Rule(Session, Cents(300)), signedBy: [Judge])
        .ThenEmitted(new MeteredUse.Settled(Session, Settlement.Ruled, Cents(300), Cents(50), Cents(0), Cents(250))).ThenState(Plain with { Arrears = Cents(50) });

    [Fact]
    public void Fifteen_disputes_are_open_at_most_and_all_of_them_are_settled_when_due()
    {
        var story = Open(PricedWorld(), Terms(2_000, null), [Grid, Ada]);
        for (var each = 0; each < 16; each++) story.When(Reading(Paper($"{each}"), null, Point(each), Point(each + 1)));
        for (var each = 0; each < 15; each++) story.When(new MeteredUse.Dispute(Paper($"{each}"), Claim), signedBy: [Ada]);
        story.When(new MeteredUse.Dispute(Paper("15"), Claim), signedBy: [Ada]).ThenRefused(MeteredUse.TooManyDisputes).ThenHeld(Cents(2_000 - 60))
            .Later(15).ThenHeld(Cents(2_000 - 16 * 60)).ThenBalance(Ada, Cents(8_000 + 15 * 60));

        static MeterPoint Point(int number) => new(Day(0).Plus(30 * number), Wh(1_000 * number));
    }

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var document = Paper($"{random.Next(12)}");
        if (clause == typeof(MeteredUse.Charge))
        {
            var from = world.Now.Seconds - World.Began.Seconds;
            return Reading(document, null, new MeterPoint(world.Now, Wh(from / 10)), new MeterPoint(world.Now.Plus(random.Next(60)), Wh(from / 10 + random.Next(5_000))));
        }
        if (clause == typeof(MeteredUse.Dispute)) return new MeteredUse.Dispute(document, Claim);
        if (clause == typeof(MeteredUse.Answer)) return new MeteredUse.Answer(document, Reply);
        if (clause == typeof(MeteredUse.Rule)) return new MeteredUse.Rule(document, Cents(random.Next(100)));
        if (clause == typeof(MeteredUse.Concede)) return new MeteredUse.Concede(document);
        if (clause == typeof(MeteredUse.Drop)) return new MeteredUse.Drop(document);
        if (clause == typeof(MeteredUse.Collect)) return new MeteredUse.Collect(document);
        if (clause == typeof(MeteredUse.Credit)) return new MeteredUse.Credit(document, Cents(random.Next(100)), Cents(0), Note);
        if (clause == typeof(MeteredUse.TopUp)) return new MeteredUse.TopUp(Cents(random.Next(300)));
        // It would end most sequences before they have begun.
        return clause == typeof(MeteredUse.End) && random.Next(5) > 0 ? new MeteredUse.Collect(document) : null;
    }

    /// <summary>Whatever happened: the deadlines settle every dispute, and then both can end it.</summary>
    protected override void Release(Story<MeteredUse> story)
    {
        story.Later(MeteredUse.DaysToAnswer + MeteredUse.DaysToRule + 1);
        var owes = (story.State.Arrears.IsZero, story.State.Overpaid.IsZero);
        story.When(new MeteredUse.End(), signedBy: owes switch { (true, _) => [Ada], (false, true) => [Grid], _ => [Grid, Ada] }).ThenEnded();
    }

    private Story<MeteredUse> Charged() => Opened().When(Reading(Session, 0, 10_000));

    private Story<MeteredUse> Disputed() => Charged().When(new MeteredUse.Dispute(Session, Claim), signedBy: [Ada]);

    private Story<MeteredUse> Answered() => Disputed().When(new MeteredUse.Answer(Session, Reply), signedBy: [Grid]);
}
