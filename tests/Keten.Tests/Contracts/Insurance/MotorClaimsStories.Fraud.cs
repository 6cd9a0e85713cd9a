using Keten.Contracts.Insurance;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Insurance.Underwriting;
using static Keten.Tests.Contracts.Vehicles.Garage;

namespace Keten.Tests.Contracts.Insurance;

public sealed partial class MotorClaimsStories
{
    [Fact]
    public void What_is_suspicious_waits_for_a_humans_word_however_long_that_takes() => Agreed(Agree()).At(Day(20))
        .When(Crash("first", Day(20), 400)).When(Crash("second", Day(20).Plus(-86_399), 390))
        .ThenEmitted(new MotorClaims.Opened(2, Paper("second"), Day(20).Plus(-86_399), Cents(160_000), Cents(145_000)), new MotorClaims.Flagged(2, Suspicion.SameEvent))
        .ThenHeld(Cents(290_000))
        .At(Day(40)).ThenHeld(Cents(145_000))
        .When(new MotorClaims.TakeMoney(2, Note), signedBy: [Ada]).ThenRefused(MotorClaims.NotNow)
        .When(new MotorClaims.Assess(2, Cents(100_000), Report), signedBy: [Assessor]).ThenEmitted(new MotorClaims.Granted(2, Cents(85_000)), new MotorClaims.Assessed(2, Cents(100_000), Report))
        .ThenHeld(Cents(85_000));

    [Fact]
    public void Two_events_a_day_apart_are_two() => Agreed(Agree()).At(Day(20))
        .When(Crash("first", Day(20), 400)).When(Crash("second", Day(19), 390)).ThenEmitted(new MotorClaims.Opened(2, Paper("second"), Day(19), Cents(160_000), Cents(145_000)));

    [Fact]
    public void Cover_that_was_bought_after_the_event_or_just_before_it_is_looked_at()
    {
        var story = Open(BoughtLate(), Agree(), [Insurer, Ada]);
        story.When(Crash("before", Day(0, 10), 0)).ThenEmitted(Opening(1, "before", Day(0, 10)), new MotorClaims.Flagged(1, Suspicion.BoughtAfter))
            .At(Day(2, 12)).When(Crash("just after", Day(1, 12).Plus(-1), 0)).ThenEmitted(Opening(2, "just after", Day(1, 12).Plus(-1)), new MotorClaims.Flagged(2, Suspicion.BoughtAfter))
            .When(Crash("later", Day(2, 12), 0)).ThenEmitted(Opening(3, "later", Day(2, 12)));
    }

    [Fact]
    public void A_distance_that_does_not_fit_the_odometer_is_looked_at()
    {
        // A thousand kilometres a day, and the day that has begun is whole: 21,000 in twenty days.
        Misfit(21_000, isMisfit: false);
        Misfit(21_001, isMisfit: true);
        // The box showed 300 on day 10.
        Agreed(Agree()).At(Day(10)).Meanwhile(world => world.Do(Policy, Driven(After(1, Day(10), 300, 9))))
            .At(Day(20)).When(Crash("less", Day(20), 299)).ThenEmitted(Opening(1, "less", Day(20)), new MotorClaims.Flagged(1, Suspicion.OdometerMisfit))
            .When(Crash("earlier", Day(8), 301)).ThenEmitted(Opening(2, "earlier", Day(8)), new MotorClaims.Flagged(2, Suspicion.OdometerMisfit))
            .When(Crash("fits", Day(5), 200)).ThenEmitted(Opening(3, "fits", Day(5)));

        void Misfit(uint kilometres, bool isMisfit)
        {
            var story = Agreed(Agree()).At(Day(20)).When(Crash("crash", Day(20), kilometres));
            if (isMisfit) story.ThenEmitted(Opening(1, "crash", Day(20)), new MotorClaims.Flagged(1, Suspicion.OdometerMisfit));
            else story.ThenEmitted(Opening(1, "crash", Day(20)));
        }
    }

    [Fact]
    public void The_vehicles_book_tells_of_the_odometer_too() => Agreed(Agree()).At(Day(15))
        .Meanwhile(world => world.Do(Book, new VehicleLife.ReadOdometer(new VehicleLife.Note(Shop, Day(15), Note, new Odometer(50_500, DistanceUnit.Kilometre))), Shop))
        .At(Day(20)).When(Crash("less", Day(20), 499)).ThenEmitted(Opening(1, "less", Day(20)), new MotorClaims.Flagged(1, Suspicion.OdometerMisfit))
        .When(Crash("fits", Day(17), 500)).ThenEmitted(Opening(2, "fits", Day(17)));

    [Fact]
    public void A_claim_may_be_suspicious_in_more_than_one_way() => Open(BoughtLate(), Agree(), [Insurer, Ada])
        .When(Crash("one", Day(0, 10), 0)).When(Crash("two", Day(0, 11), 5_000))
        .ThenEmitted(
            Opening(2, "two", Day(0, 11)), new MotorClaims.Flagged(2, Suspicion.SameEvent), new MotorClaims.Flagged(2, Suspicion.BoughtAfter), new MotorClaims.Flagged(2, Suspicion.OdometerMisfit));

    [Fact]
    public void A_repair_that_is_not_in_the_book_is_not_paid_until_a_human_has_seen_it() => Granted()
        .When(Repair("ghost", 100_000, 1)).ThenEmitted(new MotorClaims.Flagged(1, Suspicion.NotInTheBook)).ThenBalance(Shop, Cents(0)).ThenHeld(Cents(145_000))
        .ThenKept(MotorClaims.Payouts, new(1, 1), new Payout(Shop, Paper("ghost"), Cents(100_000), Cents(0), Cents(0), true))
        .When(new MotorClaims.PayRest(1, 1)).ThenRefused(MotorClaims.NotNow)
        .When(new MotorClaims.TakeMoney(1, Note), signedBy: [Ada]).ThenRefused(MotorClaims.NotNow)
        .At(Day(40)).ThenBalance(Shop, Cents(0))
        .When(new MotorClaims.Admit(1, 1, Report), signedBy: [Assessor])
        .ThenEmitted(new MotorClaims.Given(1, 1, Shop, Cents(100_000), Cents(85_000), Cents(85_000)), new MotorClaims.Admitted(1, 1, Report)).ThenBalance(Shop, Cents(85_000)).ThenHeld(Cents(60_000))
        .When(new MotorClaims.Admit(1, 1, Report), signedBy: [Assessor]).ThenRefused(MotorClaims.NotNow);

    [Fact]
    public void A_false_repair_is_vetoed_and_nothing_more_is_paid() => Granted()
        .Meanwhile(world => Serve(world, "true")).When(Repair("true", 65_000, 1)).ThenBalance(Shop, Cents(50_000))
        .When(Repair("ghost", 90_000, 1)).When(new MotorClaims.Veto(1, Reason), signedBy: [Assessor]).ThenHeld(Cents(0))
        .Later(5).ThenEmitted(new MotorClaims.Granted(1, Cents(50_000)))
        .When(new MotorClaims.PayRest(1, 2)).ThenRefused(MotorClaims.NothingLeft)
        .When(new MotorClaims.TakeMoney(1, Note), signedBy: [Ada]).ThenRefused(MotorClaims.NothingLeft).ThenBalance(Shop, Cents(50_000));

    [Fact]
    public void The_book_shows_a_repair_of_that_garage_since_the_event_with_that_document()
    {
        // Another's document, an entry that is not there, one from before the crash, one that was corrected, one of another kind.
        Ghost(world => Serve(world, "another"), 1);
        Ghost(world => Serve(world, "invoice"), 2);
        Ghost(world => world.Do(Book, Service(Shop, Day(20).Plus(-1)), Shop), 1);
        Ghost(world => world.Do(Book, Service(Shop, Day(21)), Shop).Do(Book, new VehicleLife.Correct(1, Note, Result.Done, null), Shop), 1);
        Ghost(world => world.Do(Book, Service(Works, Day(21)), Works), 1);
        Ghost(world => world.Do(Book, new VehicleLife.Measure(new VehicleLife.Note(Shop, Day(21), Paper("invoice"), null), "Vehicle.Speed", 1), Shop), 1);
        Granted().Meanwhile(world => world.Do(Book, Service(Shop, Day(20)), Shop)).When(Repair("invoice", 20_000, 1)).ThenBalance(Shop, Cents(5_000));

        void Ghost(Action<World> elsewhere, uint entry) =>
            Granted().Meanwhile(elsewhere).When(Repair("invoice", 20_000, entry)).ThenEmitted(new MotorClaims.Flagged(1, Suspicion.NotInTheBook)).ThenBalance(Shop, Cents(0));

        static VehicleLife.Service Service(Actor by, Instant at) => new(new VehicleLife.Note(by, at, Paper("invoice"), null), Paper("parts"), Paper("labour"));
    }

    [Fact]
    public void The_holder_does_not_wait_for_ever_for_a_humans_word() => Agreed(Agree()).At(Day(20))
        .When(Crash("first", Day(20), 400)).When(Crash("second", Day(20), 400))
        .When(new MotorClaims.Contest(2, Note), signedBy: [Ada]).When(new MotorClaims.Rule(2, Cents(0)), signedBy: [Judge]).ThenHeld(Cents(145_000))
        .At(Day(31)).ThenHeld(Cents(145_000)).At(Day(32)).ThenHeld(Cents(0)).ThenState(State with { Count = 2 });

    [Fact]
    public void What_is_not_watched_is_paid_by_itself()
    {
        var story = Open(BoughtLate(), Agree() with { Terms = Handling with { Watches = default } }, [Insurer, Ada]);
        story.When(Crash("one", Day(0, 10), 0)).When(Crash("two", Day(0, 10), 99_000)).ThenEmitted(Opening(2, "two", Day(0, 10)))
            .Later(2).When(Repair("ghost", 20_000, 7)).ThenBalance(Shop, Cents(5_000));
    }

    // The cover begins today at midnight, and is bought at noon.
    private static World BoughtLate()
    {
        var world = TariffWorld();
        world.Until(Day(0, 12));
        world.Open(Quote(), Insurer);
        return world.Do(Policy, Accept(), Ada);
    }

    private static MotorClaims.Opened Opening(uint claim, string record, Instant at) => new(claim, Paper(record), at, Cents(160_000), Cents(145_000));
}
