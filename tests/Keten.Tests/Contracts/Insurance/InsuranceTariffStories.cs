using Keten.Contracts.Insurance;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Insurance.Underwriting;

namespace Keten.Tests.Contracts.Insurance;

/// <summary>An insurer says for all to read what a risk costs.</summary>
public sealed class InsuranceTariffStories : ContractTests<InsuranceTariff>
{
    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Fact]
    public void Any_sequence_of_calls_keeps_the_rules() => CheckAnySequence(seed: 1, steps: 100);

    [Fact]
    public void A_tariff_is_published_revised_and_closed() => Opened()
        .ThenEmitted(new InsuranceTariff.Published(Terms, Derived, 0)).ThenState(new InsuranceTariff(Insurer, Terms, Derived, 0, false))
        .When(new InsuranceTariff.Revise(Terms with { Base = Cents(50_000) }, Note), signedBy: [Insurer]).ThenEmitted(new InsuranceTariff.Published(Terms with { Base = Cents(50_000) }, Note, 1))
        .When(new InsuranceTariff.Close(), signedBy: [Insurer]).ThenEmitted(new InsuranceTariff.TakenOff())
        .ThenState(new InsuranceTariff(Insurer, Terms with { Base = Cents(50_000) }, Note, 1, true))
        .When(new InsuranceTariff.Revise(Terms, Note), signedBy: [Insurer]).ThenRefused(InsuranceTariff.IsClosed)
        .When(new InsuranceTariff.Close(), signedBy: [Insurer]).ThenRefused(InsuranceTariff.IsClosed);

    [Fact]
    public void A_revision_asks_the_same_questions()
    {
        Refused(Terms with { Factors = new(Age) });
        Refused(Terms with { Factors = new(Power, Age) });
        Refused(Terms with { Factors = new(Age with { Name = "age of the vehicle" }, Power) });
        Refused(Terms with { Factors = new(Age with { Levels = new(new RatingLevel(18, 1), new RatingLevel(26, 1), new RatingLevel(40, 1)) }, Power) });
        Refused(Terms with { Factors = new(Age with { Levels = new(new RatingLevel(18, 1), new RatingLevel(25, 1)) }, Power) });
        Refused(Terms with { Scale = Scale with { Millionths = new Many<uint>(1, 2, 3, 4, 5, 6) } });

        void Refused(PremiumTerms terms) => Opened().When(new InsuranceTariff.Revise(terms, Note), signedBy: [Insurer]).ThenRefused(InsuranceTariff.OtherQuestions);
    }

    [Fact]
    public void Terms_that_cannot_price_every_risk_are_refused()
    {
        Refused(Terms with { Base = Cents(0) });
        Refused(Terms with { Base = Cents(PremiumTerms.PriceAtMost + 1) });
        Refused(Terms with { DaysOfGrace = 0 });
        Refused(Terms with { Driving = Terms.Driving with { PerThousandKilometres = Wh(1) } });
        Refused(Terms with { Driving = Terms.Driving with { PerHundredHours = Cents(-1) } });
        Refused(Terms with { Cover = Terms.Cover with { Limit = Cents(0) } });
        Refused(Terms with { Cover = Terms.Cover with { Deductible = Cents(-1) } });
        Refused(Terms with { Factors = new([.. Enumerable.Repeat(Age, 9)]) });
        Refused(Terms with { Factors = new(Age with { Levels = default }) });
        Refused(Terms with { Factors = new(Age with { Levels = new(new RatingLevel(18, 0)) }) });
        Refused(Terms with { Factors = new(Age with { Levels = new(new RatingLevel(18, 10_000_001)) }) });
        Refused(Terms with { Factors = new(Age with { Levels = new(new RatingLevel(18, 1), new RatingLevel(18, 1)) }) });
        Refused(Terms with { Scale = Scale with { First = 8 } });
        Refused(Terms with { Scale = Scale with { Millionths = new Many<uint>(2, 1), First = 0 } });
        Open(NewWorld(), new InsuranceTariff.Publish(Insurer, Terms, Derived), []).ThenRefused(KernelRefusal.SignatureMissing);
        Opened().When(new InsuranceTariff.Revise(Terms with { Base = Cents(0) }, Note), signedBy: [Insurer]).ThenRefused(InsuranceTariff.NotTheseTerms);

        void Refused(PremiumTerms terms) => Open(NewWorld(), new InsuranceTariff.Publish(Insurer, terms, Derived), [Insurer]).ThenRefused(InsuranceTariff.NotTheseTerms);
    }

    [Fact]
    public void Relativities_multiply_and_round_once_a_step()
    {
        Assert.Equal(Priced, Terms.Price(Risk.Levels, 5));
        // 1.2 × 1.25 × 1.5 = 2.25
        Assert.Equal(new PricedRisk(7, Cents(108_000), new DrivePrice(Cents(2_700), Cents(8_100)), Terms.Cover), Terms.Price(new Many<byte>(1, 2), 7));
        // 0.333333 × 0.333333 = 0.111111 (0.111110888889), of 480.00 53.33
        var thirds = Terms with { Factors = new(new RatingFactor("any", new(new RatingLevel(0, 333_333)))), Scale = new ClassScale(new Many<uint>(333_333), 0, 1, 1) };
        Assert.Equal(Cents(5_333), thirds.Price(new Many<byte>(0), 0)!.Value.Premium);
        Assert.Null(Terms.Price(new Many<byte>(2), 5));
        Assert.Null(Terms.Price(new Many<byte>(3, 1), 5));
        Assert.Null(Terms.Price(Risk.Levels, 8));
        var dear = Terms with { Factors = new([.. Enumerable.Repeat(new RatingFactor("any", new(new RatingLevel(0, 10_000_000))), 8)]) };
        Assert.Equal(Cents(4_800_000), dear.Price(new Many<byte>(0, 0, 0, 0, 0, 0, 0, 0), 5)!.Value.Premium);
    }

    [Fact]
    public void A_value_falls_to_the_last_level_that_it_reaches()
    {
        Assert.Null(Age.LevelOf(17));
        Assert.Equal((byte)0, Age.LevelOf(18));
        Assert.Equal((byte)0, Age.LevelOf(24));
        Assert.Equal((byte)1, Age.LevelOf(25));
        Assert.Equal((byte)2, Age.LevelOf(uint.MaxValue));
    }

    [Fact]
    public void Classes_fall_by_a_year_without_a_claim_and_rise_by_each_claim()
    {
        Assert.Equal(4, Scale.Next(5, 0));
        Assert.Equal(0, Scale.Next(0, 0));
        Assert.Equal(7, Scale.Next(5, 1));
        Assert.Equal(7, Scale.Next(5, uint.MaxValue));
        Assert.Equal(2, Scale.Next(0, 1));
    }

    [Fact]
    public void Everybody_reads_it()
    {
        var story = Opened();
        Assert.True(story.World.Ledger.ReadersOf(story.Agreement.Number)!.Value.IsEveryone);
    }

    protected override World NewWorld() => Underwriting.NewWorld();

    protected override Story<InsuranceTariff> Opened() => Open(NewWorld(), new InsuranceTariff.Publish(Insurer, Terms, Derived), [Insurer]);

    /// <summary>Nothing is held.</summary>
    protected override void Release(Story<InsuranceTariff> story)
    {
    }

    protected override bool IsOver(Story<InsuranceTariff> story) => story.State.Closed;

    protected override object? AnyOf(Type clause, Random random, World world) =>
        clause == typeof(InsuranceTariff.Close) && random.Next(5) == 0 ? null : new InsuranceTariff.Revise(Terms with { Base = Cents(random.Next(-1, 90_000)) }, Note);
}
