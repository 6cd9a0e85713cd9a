using Keten.Kernel;

namespace Consortium;

/// <summary>A Yard lets a Haulier's lorries in, so many times. Each passage is told to both.</summary>
/// <param name="Yard">Whose gate it is.</param>
/// <param name="Haulier">Whose lorries pass.</param>
/// <param name="Left">How many passages are left.</param>
public sealed record YardPass(Party Yard, Party Haulier, uint Left)
{
    public static readonly Refusal<YardPass> NoPassage = new(1, "A pass is for one passage at least.");
    public static readonly Refusal<YardPass> UsedUp = new(2, "All passages have been used.");

    /// <summary>Yard and Haulier agree on a pass.</summary>
    /// <param name="Yard">Whose gate it is.</param>
    /// <param name="Haulier">Whose lorries pass.</param>
    /// <param name="Passages">For how many.</param>
    public sealed record Agree(Party Yard, Party Haulier, uint Passages) : IOpening<YardPass>
    {
        public Signers MustSign(Facts facts) => Signers.All(Yard, Haulier);

        public Outcome<YardPass> Decide(Facts facts) => Passages == 0 ? NoPassage : facts.Accept(new YardPass(Yard, Haulier, Passages));
    }

    /// <summary>The Yard lets a lorry in.</summary>
    /// <param name="Lorry">Commitment to the record of the gate.</param>
    public readonly record struct Enter(Hash Lorry) : IClause<YardPass>
    {
        public Signers MustSign(YardPass agreed, Facts facts) => Signers.All(agreed.Yard);

        public Outcome<YardPass> Decide(YardPass agreed, Facts facts) =>
            agreed.Left == 0 ? UsedUp : facts.Accept(agreed with { Left = agreed.Left - 1 }).Emit(new Entered(Lorry, agreed.Left - 1));
    }

    /// <summary>The Haulier gives the pass back.</summary>
    public readonly record struct GiveBack : IClause<YardPass>, IExit
    {
        public Signers MustSign(YardPass agreed, Facts facts) => Signers.All(agreed.Haulier);

        public Outcome<YardPass> Decide(YardPass agreed, Facts facts) => facts.Accept(agreed).End();
    }

    public readonly record struct Entered(Hash Lorry, uint Left) : IEvent;

    public static readonly Contract<YardPass> Contents = new Contract<YardPass>(code: 1001, version: 1, Codecs.YardPass.State)
        .Opens(1, Codecs.YardPass.Agree).Does(2, Codecs.YardPass.Enter).Does(3, Codecs.YardPass.GiveBack)
        .Tells(1, Codecs.YardPass.Entered).Refuses(NoPassage, UsedUp);
}
