using Keten.Kernel;

namespace Keten.Contracts.Money;

/// <summary>
/// A Payer pays a Payee tick by tick, from device to device: a second of parking, ten watt-hours while driving over the coil. Each tick is one more link of a chain of hashes whose end the
/// Payer fixed at the opening. The ledger sees the opening and the last link; whoever vanishes loses nothing that was his.
/// </summary>
/// <param name="Payer">Who pays, and gives away the links.</param>
/// <param name="Payee">Who is paid, and hands in the last of them.</param>
/// <param name="PerTick">What a tick costs.</param>
/// <param name="Ticks">How many there are at most.</param>
/// <param name="Anchors">The end of the chain, and then each 1,024th link before it.</param>
/// <param name="Until">When what has not been handed in goes back.</param>
/// <param name="Paid">How many ticks have been paid.</param>
public sealed record TickChannel(Party Payer, Party Payee, Amount PerTick, uint Ticks, Many<Hash> Anchors, Instant Until, uint Paid)
{
    /// <summary>Ticks from one anchor to the next, and the most hashing that handing in a link takes.</summary>
    public const uint Segment = 1_024;

    /// <summary>No channel has more anchors: 65,536 ticks.</summary>
    public const int AnchorsAtMost = 64;

    /// <summary>No channel is open for longer, in days.</summary>
    public const int DaysAtMost = 366;

    public static readonly Refusal<TickChannel> NotAPrice = new(1, "A tick is of nothing, or of less, or all of them are more than any account holds.");
    public static readonly Refusal<TickChannel> NotAChain = new(2, "There is not one anchor for each 1,024 ticks begun, or there are none, or more than 64.");
    public static readonly Refusal<TickChannel> NotATime = new(3, "The channel would end in the past, or more than 366 days ahead.");
    public static readonly Refusal<TickChannel> NothingNew = new(4, "So many ticks have been paid already, or there are not so many.");
    public static readonly Refusal<TickChannel> NotALink = new(5, "That link does not lead to the anchor.");
    public static readonly Refusal<TickChannel> OneAndTheSame = new(6, "Payer and payee are two parties.");
    public static readonly Refusal<TickChannel> NotThisMoney = new(7, "The amount is of another unit, of nothing, or more than was paid.");

    /// <summary>The Payer opens the channel, and puts in what all ticks cost.</summary>
    /// <param name="Payer">Who pays.</param>
    /// <param name="Payee">Who is paid.</param>
    /// <param name="PerTick">What a tick costs.</param>
    /// <param name="Ticks">How many at most.</param>
    /// <param name="Anchors">The end of the chain, and then each 1,024th link before it.</param>
    /// <param name="Until">When what has not been handed in goes back.</param>
    public sealed record Open(Party Payer, Party Payee, Amount PerTick, uint Ticks, Many<Hash> Anchors, Instant Until) : IOpening<TickChannel>
    {
        public Signers MustSign(Facts facts) => Signers.All(Payer);

        public Outcome<TickChannel> Decide(Facts facts)
        {
            if (Payer == Payee) return OneAndTheSame;
            if (Anchors.Count is 0 or > AnchorsAtMost || Ticks <= Segment * (Anchors.Count - 1) || Ticks > Segment * Anchors.Count) return NotAChain;
            if (PerTick.Minor <= 0 || PerTick.Minor > Amount.Limit / (Segment * AnchorsAtMost)) return NotAPrice;
            if (Until <= facts.Now || Until > facts.Now.PlusDays(DaysAtMost)) return NotATime;
            return facts.Accept(new TickChannel(Payer, Payee, PerTick, Ticks, Anchors, Until, Paid: 0))
                .Hold(PerTick * Ticks, from: Payer).Wake(new Expire(), at: Until).Emit(new Opened(Payee, PerTick, Ticks, Until));
        }
    }

    /// <summary>A link is handed in, and the ticks up to it are paid. The link itself is proof enough, whoever brings it.</summary>
    /// <param name="Ticks">How many ticks it is for, from the first.</param>
    /// <param name="Link">The last link that the Payer gave away.</param>
    public readonly record struct Claim(uint Ticks, Hash Link) : IClause<TickChannel>
    {
        public Signers MustSign(TickChannel agreed, Facts facts) => Signers.Anyone;

        public Outcome<TickChannel> Decide(TickChannel agreed, Facts facts)
        {
            if (Ticks <= agreed.Paid || Ticks > agreed.Ticks) return NothingNew;
            var segment = (int)((Ticks - 1) / Segment);
            if (!HashChain.Leads(Link, (int)(Ticks - Segment * segment), agreed.Anchors[segment])) return NotALink;
            var due = agreed.PerTick * (Ticks - agreed.Paid);
            return facts.Accept(agreed with { Paid = Ticks }).Pay(due, to: agreed.Payee).Emit(new Claimed(Ticks, due));
        }
    }

    /// <summary>The Payee wants no more ticks: what is left goes back at once.</summary>
    public readonly record struct Close : IClause<TickChannel>, IExit
    {
        public Signers MustSign(TickChannel agreed, Facts facts) => Signers.All(agreed.Payee);

        public Outcome<TickChannel> Decide(TickChannel agreed, Facts facts) => agreed.Return(facts);
    }

    /// <summary>The time is over: what has not been handed in goes back.</summary>
    public readonly record struct Expire : IDue<TickChannel>, IExit
    {
        public Accepted<TickChannel> Decide(TickChannel agreed, Facts facts) => agreed.Return(facts);
    }

    /// <summary>The Payee gives back what was paid for ticks that were none.</summary>
    /// <param name="Amount">How much.</param>
    /// <param name="Reason">Commitment to the credit note.</param>
    public readonly record struct GiveBack(Amount Amount, Hash Reason) : ICorrection<TickChannel>, IExit
    {
        public Signers MustSign(TickChannel agreed, Facts facts) => Signers.All(agreed.Payee);

        public Outcome<TickChannel> Decide(TickChannel agreed, Facts facts) =>
            Amount.Unit != agreed.PerTick.Unit || Amount.Minor <= 0 || Amount > agreed.PerTick * agreed.Paid ? NotThisMoney
            : facts.Accept(agreed).Move(Amount, from: agreed.Payee, to: agreed.Payer).Emit(new GivenBack(Amount, Reason));
    }

    private Accepted<TickChannel> Return(Facts facts)
    {
        var left = PerTick * (Ticks - Paid);
        return facts.Accept(this).Pay(left, to: Payer).Emit(new Returned(left)).End();
    }

    public readonly record struct Opened(Party Payee, Amount PerTick, uint Ticks, Instant Until) : IEvent;
    public readonly record struct Claimed(uint Ticks, Amount Paid) : IEvent;
    public readonly record struct Returned(Amount Left) : IEvent;
    public readonly record struct GivenBack(Amount Amount, Hash Reason) : IEvent;

    public static readonly Contract<TickChannel> Contents = new Contract<TickChannel>(code: 7, version: 1, Codecs.TickChannel.State)
        .Opens(1, Codecs.TickChannel.Open).Does(2, Codecs.TickChannel.Claim).Does(3, Codecs.TickChannel.Close).FallsDue(4, Codecs.TickChannel.Expire).Corrects(5, Codecs.TickChannel.GiveBack)
        .Tells(1, Codecs.TickChannel.Opened).Tells(2, Codecs.TickChannel.Claimed).Tells(3, Codecs.TickChannel.Returned).Tells(4, Codecs.TickChannel.GivenBack)
        .Refuses(NotAPrice, NotAChain, NotATime, NothingNew, NotALink, OneAndTheSame, NotThisMoney);
}
