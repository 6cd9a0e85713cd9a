using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts;

/// <summary>That the kit finds what it is there to find.</summary>
public sealed class KitTests
{
    [Fact]
    public void A_story_that_lists_a_signature_too_many_fails() =>
        Fails("can do without Grid's signature", () => Mandate().When(new StandingMandate.Change(UpTo(1, 1)), signedBy: [Ada, Grid]));

    [Fact]
    public void An_opening_that_lists_a_signature_too_many_fails() =>
        Fails("can do without Grid's signature", () => Story<StandingMandate>.Open(NewWorld(), new StandingMandate.Give(Ada, Grid, UpTo(1, 1)), [Ada, Grid]));

    [Fact]
    public void A_refusal_that_the_story_does_not_say_fails_at_the_next_step() =>
        Fails("the story does not say so", () => Mandate().When(new StandingMandate.Revoke(), signedBy: [Grid]).When(new StandingMandate.Revoke(), signedBy: [Ada]));

    [Fact]
    public void A_refusal_that_did_not_come_fails() =>
        Fails("was done", () => Mandate().When(new StandingMandate.Revoke(), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing));

    [Fact]
    public void A_refusal_for_another_reason_fails() =>
        Fails("was refused", () => Mandate().When(new StandingMandate.Revoke(), signedBy: [Grid]).ThenRefused(KernelRefusal.OverCap));

    [Fact]
    public void What_came_out_otherwise_fails()
    {
        Fails("left Ada 10000", () => Mandate().ThenBalance(Ada, Cents(9)));
        Fails("held", () => Mandate().ThenHeld(Cents(9)));
        Fails("left the state", () => Mandate().ThenState(new StandingMandate(Ada, Eve, Euro)));
        Fails("told", () => Mandate().ThenEmitted());
        Fails("left the record", () => Mandate().ThenKept(StandingMandate.Collections, Ref(1), new StandingMandate.Collection(Cents(1), Cents(0))));
        Fails("did not end", () => Mandate().ThenEnded());
    }

    [Fact]
    public void An_actors_party_is_the_same_in_every_run() => Assert.Equal("400de6b72a4eafb8383bb473f215d575237b667f", new Actor("B").Id.ToString());

    [Fact]
    public void A_contract_that_is_not_told_whole_is_found()
    {
        var told = Assert.Throws<StoryException>(() => new HalfTold().Check());
        Assert.Contains("refusal 2 is never provoked", told.Message, StringComparison.Ordinal);
        Assert.Contains("StandingMandate.Revoke is never done", told.Message, StringComparison.Ordinal);
        Assert.Contains("StandingMandate.GivenBack is never heard", told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("StandingMandate.Collect is never done", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clause_that_faults_is_found() => Fails("the contract faulted", () => new Faults(typeof(Faulty.Divide)).Check());

    [Fact]
    public void A_due_clause_that_faults_is_found() => Fails("fell due and faulted", () => new Faults(typeof(Faulty.Plan)).Check());

    [Fact]
    public void Money_that_nothing_releases_is_found() => Fails("is left with 100", () => new Faults(typeof(Faulty.Rest)).Check());

    private static void Fails(string saying, Action story) => Assert.Contains(saying, Assert.Throws<StoryException>(story).Message, StringComparison.Ordinal);

    private static Story<StandingMandate> Mandate() => Story<StandingMandate>.Open(NewWorld(), new StandingMandate.Give(Ada, Grid, UpTo(500, 900)), [Ada]);

    private sealed class HalfTold : ContractTests<StandingMandate>
    {
        public void A_story() => Opened().When(new StandingMandate.Collect(Cents(5), Ref(1)), signedBy: [Grid]);

        public void Check() => CheckTold();

        protected override World NewWorld() => Cast.NewWorld();

        protected override Story<StandingMandate> Opened() => Open(NewWorld(), new StandingMandate.Give(Ada, Grid, UpTo(500, 900)), [Ada]);
    }

    private sealed class Faults(Type only) : ContractTests<Faulty>
    {
        public void Check() => CheckAnySequence(1, 60);

        protected override World NewWorld()
        {
            var world = new World(new Catalogue(EMoney.Contents, Faulty.Contents), Bank, Ada);
            world.Open(new EMoney.Begin(Bank, "EUR", 2), Bank);
            return world.Do(Money, new EMoney.Issue(Ada, Cents(100), Paper("paid in")), Bank);
        }

        protected override Story<Faulty> Opened() => Open(NewWorld(), new Faulty.Begin(Ada, Cents(100)), [Ada]);

        protected override object AnyOf(Type clause, Random random, World world) =>
            only == typeof(Faulty.Divide) ? new Faulty.Divide(random.Next(3)) : only == typeof(Faulty.Plan) ? new Faulty.Plan(random.Next(3)) : new Faulty.Rest();

        protected override void Release(Story<Faulty> story)
        {
        }
    }
}

/// <summary>Everything that a contract should not be.</summary>
public sealed record Faulty(Party Owner)
{
    public sealed record Begin(Party Owner, Amount Kept) : IOpening<Faulty>
    {
        public Signers MustSign(Facts facts) => Signers.All(Owner);

        public Outcome<Faulty> Decide(Facts facts) => facts.Accept(new Faulty(Owner)).Hold(Kept, from: Owner);
    }

    public readonly record struct Divide(int By) : IClause<Faulty>
    {
        public Signers MustSign(Faulty agreed, Facts facts) => Signers.Anyone;

        public Outcome<Faulty> Decide(Faulty agreed, Facts facts) => 10 / By > 0 ? facts.Accept(agreed) : KernelRefusal.OverCap;
    }

    public readonly record struct Plan(int By) : IClause<Faulty>
    {
        public Signers MustSign(Faulty agreed, Facts facts) => Signers.Anyone;

        public Outcome<Faulty> Decide(Faulty agreed, Facts facts) => facts.Accept(agreed).Wake(new Fall(By), facts.Now.Plus(1));
    }

    public readonly record struct Fall(int By) : IDue<Faulty>
    {
        public Accepted<Faulty> Decide(Faulty agreed, Facts facts) => facts.Accept(agreed).Pay(facts.Held(new Unit(1)).Times(0, By, Rounding.Down), agreed.Owner);
    }

    public readonly record struct Rest : IClause<Faulty>
    {
        public Signers MustSign(Faulty agreed, Facts facts) => Signers.Anyone;

        public Outcome<Faulty> Decide(Faulty agreed, Facts facts) => facts.Accept(agreed);
    }

    public static readonly Contract<Faulty> Contents = new Contract<Faulty>(code: 99, version: 1, Codecs.Faulty.State)
        .Opens(1, Codecs.Faulty.Begin).Does(2, Codecs.Faulty.Divide).Does(3, Codecs.Faulty.Plan).FallsDue(4, Codecs.Faulty.Fall).Does(5, Codecs.Faulty.Rest);
}
