using Keten.Kernel;

namespace Keten.Contracts.Parts;

/// <summary>
/// A Plant calls parts off from a Supplier, each time into a window. What arrives is paid piece by piece and kept by serial; what has not arrived when the window closes costs the Supplier the
/// agreed penalty, by itself. When less is in stock than the safety stock, both are told.
/// </summary>
/// <param name="Plant">Who calls off, receives and pays.</param>
/// <param name="Supplier">Who delivers.</param>
/// <param name="Parts">In whose record the parts stand.</param>
/// <param name="Terms">What and for how much.</param>
/// <param name="Count">How many call-offs there have been.</param>
/// <param name="InStock">How many parts are in stock.</param>
/// <param name="IsLow">Whether that is less than the safety stock.</param>
/// <param name="PlantOwes">What of prices the mandate did not reach.</param>
/// <param name="SupplierOwes">What of penalties the mandate did not reach.</param>
public sealed record JustInTime(
    Party Plant, Party Supplier, Agreement<SerialParts> Parts, SupplyTerms Terms, uint Count, long InStock, bool IsLow, Amount PlantOwes, Amount SupplierOwes)
{
    /// <summary>So many windows are open at once; each has one deadline.</summary>
    public const int WindowsAtMost = 15;

    /// <summary>So many parts in one call-off, and a window ends within so many days.</summary>
    public const uint PiecesAtMost = 1_000_000, DaysAtMost = 400;

    // What falls due can never be more than an amount may be, whatever is owed already.
    private const long OwedAtMost = 1L << 58;

    public static readonly Refusal<JustInTime> NotTheseTerms = new(1, "Plant and supplier are two parties, the article has a number, and price and penalties are in one money and within bounds.");
    public static readonly Refusal<JustInTime> NotThisMoney = new(2, "The amount is in other money, or is nothing.");
    public static readonly Refusal<JustInTime> NotAWindow = new(3, "From 1 to 1,000,000 parts are called off, into a window that ends after it begins and within 400 days.");
    public static readonly Refusal<JustInTime> TooManyWindows = new(4, "At most 15 windows are open at once.");
    public static readonly Refusal<JustInTime> NotCalledOff = new(5, "There is no such call-off, or all of it has arrived.");
    public static readonly Refusal<JustInTime> NotParts = new(6, "From 1 to 200 lots, each of parts of this article whose serials count and that are in no other.");
    public static readonly Refusal<JustInTime> NotMade = new(7, "A part has not been made, or a lot is not of one batch.");
    public static readonly Refusal<JustInTime> TooMany = new(8, "More is taken in than was called off: what is over is named as such.");
    public static readonly Refusal<JustInTime> InStockAlready = new(9, "A part is in stock already.");
    public static readonly Refusal<JustInTime> NotInStock = new(10, "These parts are not in stock, or did not arrive in one lot.");
    public static readonly Refusal<JustInTime> NotSoMuch = new(11, "So much was not charged for that call-off, or is not owed.");
    public static readonly Refusal<JustInTime> NotAPartyHere = new(12, "That party is neither the plant nor the supplier.");
    public static readonly Refusal<JustInTime> StillOpen = new(13, "A window is open, or whoever leaves owes something.");

    public static readonly Refusal<JustInTime> InArrears = new(14, "So much is owed already that nothing more is called off.");

    /// <summary>The call-offs, by number from 1.</summary>
    public static readonly Records<CallOffKey, CalledOff> CallOffs = new(1);

    /// <summary>What the Supplier has sent, by call-off.</summary>
    public static readonly Records<CallOffKey, Advice> Advices = new(2);

    /// <summary>The windows that are open.</summary>
    public static readonly Records<CallOffKey, Window> Windows = new(3);

    /// <summary>What is in stock, by the last serial of each range.</summary>
    public static readonly Records<RangeKey, Kept> Stock = new(4);

    public readonly record struct CallOffKey(uint Number);

    /// <summary>A call-off.</summary>
    /// <param name="Pieces">How many parts.</param>
    /// <param name="From">The window's first moment.</param>
    /// <param name="Until">Its last.</param>
    /// <param name="Arrived">How many have been taken in.</param>
    /// <param name="Over">How many arrived beyond that, and were not.</param>
    /// <param name="Missed">Whether the window closed on less than was called off.</param>
    /// <param name="Price">What was charged for it, less what was credited.</param>
    /// <param name="Penalty">What penalty was charged, less what was let off.</param>
    public readonly record struct CalledOff(uint Pieces, Instant From, Instant Until, uint Arrived, uint Over, bool Missed, Amount Price, Amount Penalty);

    /// <summary>A despatch advice.</summary>
    /// <param name="Number">As the Supplier numbers it.</param>
    /// <param name="Lots">Which parts.</param>
    public readonly record struct Advice(string Number, Many<Lot> Lots);
    public readonly record struct Window(Instant Until);
    public readonly record struct Kept(ulong First);

    private Unit Currency => Terms.Price.Unit;

    private Refusal<JustInTime>? Against(Facts facts, Many<Lot> lots, bool fresh)
    {
        if (!Lots.AreDistinct(lots)) return NotParts;
        var (parts, article) = (facts.Of(Parts), Gs1.Number(Terms.Gtin));
        foreach (var lot in lots)
        {
            if (lot.Gtin != Terms.Gtin || Stretch.Of(lot) is not { Text: null } stretch) return NotParts;
            if (SerialParts.BatchOf(parts, lot) == 0) return NotMade;
            if (!fresh) continue;
            foreach (var row in facts.From(Stock, new RangeKey(article, stretch.First), 1))
                if (row.Value.First <= stretch.Last) return InStockAlready;
        }
        return null;
    }

    // What the mandate and the account do not give now is owed.
    private Accepted<JustInTime> Charge(Facts facts, JustInTime next, Party payer, Amount due, out Amount paid)
    {
        paid = facts.UnderMandate(due, payer);
        var (rest, isPlant) = (due - paid, payer == Plant);
        var owing = rest.IsZero ? next : isPlant ? next with { PlantOwes = PlantOwes + rest } : next with { SupplierOwes = SupplierOwes + rest };
        return facts.Accept(owing).Move(paid, from: payer, to: isPlant ? Supplier : Plant);
    }

    private JustInTime Holding(long pieces) => this with { InStock = pieces, IsLow = pieces < Terms.SafetyStock };

    /// <summary>Plant and Supplier agree.</summary>
    /// <param name="Plant">Who calls off, receives and pays.</param>
    /// <param name="Supplier">Who delivers.</param>
    /// <param name="Parts">In whose record the parts stand.</param>
    /// <param name="Terms">What and for how much.</param>
    /// <param name="Payment">The Plant's mandate for prices.</param>
    /// <param name="Penalties">The Supplier's mandate for penalties.</param>
    public sealed record Agree(Party Plant, Party Supplier, Agreement<SerialParts> Parts, SupplyTerms Terms, Mandate Payment, Mandate Penalties) : IOpening<JustInTime>
    {
        public Signers MustSign(Facts facts) => Signers.All(Plant, Supplier);

        public Outcome<JustInTime> Decide(Facts facts)
        {
            var money = Terms.Price.Unit;
            if (Plant == Supplier || !Terms.IsPriced || Payment.InAll.Unit != money || Penalties.InAll.Unit != money || facts.Of(Parts).HasEnded) return NotTheseTerms;
            return facts.Accept(new JustInTime(Plant, Supplier, Parts, Terms, 0, 0, Terms.SafetyStock > 0, money.Of(0), money.Of(0)))
                .Allow(Plant, Payment).Allow(Supplier, Penalties).Emit(new Agreed(Plant, Supplier, Terms));
        }
    }

    /// <summary>The Plant calls parts off into a window.</summary>
    /// <param name="Pieces">How many.</param>
    /// <param name="From">The window's first moment.</param>
    /// <param name="Until">Its last.</param>
    public readonly record struct CallOff(uint Pieces, Instant From, Instant Until) : IClause<JustInTime>
    {
        public Signers MustSign(JustInTime agreed, Facts facts) => Signers.All(agreed.Plant);

        public Outcome<JustInTime> Decide(JustInTime agreed, Facts facts)
        {
            if (Pieces is 0 or > PiecesAtMost || Until <= From || Until <= facts.Now || Until > facts.Now.PlusDays(DaysAtMost)) return NotAWindow;
            if (facts.Count(Windows) >= WindowsAtMost) return TooManyWindows;
            if (agreed.PlantOwes.Minor > OwedAtMost || agreed.SupplierOwes.Minor > OwedAtMost) return InArrears;
            var (number, nothing) = (agreed.Count + 1, agreed.Currency.Of(0));
            return facts.Accept(agreed with { Count = number }).Put(CallOffs, new CallOffKey(number), new CalledOff(Pieces, From, Until, 0, 0, false, nothing, nothing))
                .Put(Windows, new CallOffKey(number), new Window(Until)).Wake(new Close(number), at: Until).Emit(new Called(number, Pieces, From, Until));
        }
    }

    /// <summary>The Supplier has sent parts for a call-off: the despatch advice. A later one takes the place of an earlier.</summary>
    /// <param name="Number">Which call-off.</param>
    /// <param name="Advice">The advice's own number.</param>
    /// <param name="Lots">Which parts.</param>
    public sealed record Advise(uint Number, string Advice, Many<Lot> Lots) : IClause<JustInTime>
    {
        public Signers MustSign(JustInTime agreed, Facts facts) => Signers.All(agreed.Supplier);

        public Outcome<JustInTime> Decide(JustInTime agreed, Facts facts)
        {
            if (facts.Find(CallOffs, new CallOffKey(Number)) is not { } called || called.Arrived == called.Pieces) return NotCalledOff;
            if (agreed.Against(facts, Lots, fresh: false) is { } refusal) return refusal;
            var pieces = Contracts.Parts.Lots.Count(Lots);
            return facts.Accept(agreed).Put(Advices, new CallOffKey(Number), new Advice(Advice, Lots)).Emit(new Advised(Number, Advice, pieces, called.Pieces - called.Arrived - pieces));
        }
    }

    /// <summary>The Plant takes parts in, and pays them. What is over is named, and neither taken in nor paid. Also after the window has closed.</summary>
    /// <param name="Number">For which call-off.</param>
    /// <param name="Taken">The parts that are taken in.</param>
    /// <param name="Over">How many came beyond those.</param>
    /// <param name="Note">Commitment to the goods received note.</param>
    public sealed record Receive(uint Number, Many<Lot> Taken, uint Over, Hash Note) : IClause<JustInTime>
    {
        public Signers MustSign(JustInTime agreed, Facts facts) => Signers.All(agreed.Plant);

        public Outcome<JustInTime> Decide(JustInTime agreed, Facts facts)
        {
            if (facts.Find(CallOffs, new CallOffKey(Number)) is not { } called || called.Arrived == called.Pieces) return NotCalledOff;
            if (agreed.Against(facts, Taken, fresh: true) is { } refusal) return refusal;
            var pieces = Contracts.Parts.Lots.Count(Taken);
            if (pieces > called.Pieces - called.Arrived) return TooMany;
            var price = agreed.Terms.Price * pieces;
            var now = called with { Arrived = called.Arrived + (uint)pieces, Over = called.Over + Over, Price = called.Price + price };
            var accepted = agreed.Charge(facts, agreed.Holding(agreed.InStock + pieces), agreed.Plant, price, out var paid);
            var article = Gs1.Number(agreed.Terms.Gtin);
            foreach (var lot in Taken) accepted.Put(Stock, new RangeKey(article, Stretch.Of(lot).Last), new Kept(Stretch.Of(lot).First));
            if (now.Arrived == now.Pieces) accepted.Remove(Windows, new CallOffKey(Number)).Cancel(new Close(Number));
            var notAsAdvised = facts.Find(Advices, new CallOffKey(Number)) is { } advice ? Missing(advice.Lots, Taken) : 0;
            return accepted.Put(CallOffs, new CallOffKey(Number), now).Emit(new Received(Number, pieces, Over, notAsAdvised, now.Pieces - now.Arrived, paid, price - paid, Note));
        }

        private static long Missing(Many<Lot> advised, Many<Lot> taken)
        {
            long missing = 0;
            foreach (var stretch in Contracts.Parts.Lots.Without(advised, taken)) missing += (long)stretch.Count;
            return missing;
        }
    }

    /// <summary>The window closes. Where not all has arrived the Supplier pays the penalty, as far as the mandate and its account go, and owes the rest.</summary>
    /// <param name="Number">Which call-off's.</param>
    public readonly record struct Close(uint Number) : IDue<JustInTime>
    {
        public Accepted<JustInTime> Decide(JustInTime agreed, Facts facts)
        {
            if (facts.Find(CallOffs, new CallOffKey(Number)) is not { Missed: false } called || called.Arrived == called.Pieces) return facts.Accept(agreed);
            var missing = called.Pieces - called.Arrived;
            var penalty = agreed.Terms.Missed + agreed.Terms.PerMissing * missing;
            return agreed.Charge(facts, agreed, agreed.Supplier, penalty, out var paid).Put(CallOffs, new CallOffKey(Number), called with { Missed = true, Penalty = penalty })
                .Remove(Windows, new CallOffKey(Number)).Emit(new WindowMissed(Number, missing, paid, penalty - paid));
        }
    }

    /// <summary>The Plant takes parts out of stock, to the line. Below the safety stock both are told.</summary>
    /// <param name="Lot">Which parts, of one lot that arrived.</param>
    public readonly record struct Use(Lot Lot) : IClause<JustInTime>
    {
        public Signers MustSign(JustInTime agreed, Facts facts) => Signers.All(agreed.Plant);

        public Outcome<JustInTime> Decide(JustInTime agreed, Facts facts)
        {
            if (!Lot.IsValid || Lot.Gtin != agreed.Terms.Gtin || Stretch.Of(Lot) is not { Text: null } used) return NotParts;
            var article = Gs1.Number(Lot.Gtin);
            foreach (var row in facts.From(Stock, new RangeKey(article, used.First), 1))
            {
                if (row.Value.First > used.First || row.Key.Last < used.Last) break;
                var next = agreed.Holding(agreed.InStock - Lot.Count);
                var accepted = facts.Accept(next).Emit(new Used(Lot, next.InStock));
                if (row.Key.Last > used.Last) accepted.Put(Stock, row.Key, new Kept(used.Last + 1));
                else accepted.Remove(Stock, row.Key);
                if (row.Value.First < used.First) accepted.Put(Stock, new RangeKey(article, used.First - 1), row.Value);
                return next.IsLow && !agreed.IsLow ? accepted.Emit(new Low(next.InStock, agreed.Terms.SafetyStock)) : accepted;
            }
            return NotInStock;
        }
    }

    /// <summary>The Plant lets a penalty off, or a part of it: less is owed, and what of it was paid goes back. Also when all is over.</summary>
    /// <param name="Number">Which call-off's.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct LetOff(uint Number, Amount Amount, Hash Reason) : ICorrection<JustInTime>
    {
        public Signers MustSign(JustInTime agreed, Facts facts) => Signers.All(agreed.Plant);

        public Outcome<JustInTime> Decide(JustInTime agreed, Facts facts)
        {
            if (Amount.Unit != agreed.Currency || Amount.Minor <= 0) return NotThisMoney;
            if (facts.Find(CallOffs, new CallOffKey(Number)) is not { } called || Amount > called.Penalty) return NotSoMuch;
            var less = Amount.OrAtMost(agreed.SupplierOwes);
            return facts.Accept(agreed with { SupplierOwes = agreed.SupplierOwes - less }).Move(Amount - less, from: agreed.Plant, to: agreed.Supplier)
                .Put(CallOffs, new CallOffKey(Number), called with { Penalty = called.Penalty - Amount }).Emit(new LeftOff(Number, Amount, Amount - less, Reason));
        }
    }

    /// <summary>The Supplier credits a price, or a part of it: less is owed, and what of it was paid goes back. Also when all is over.</summary>
    /// <param name="Number">Which call-off's.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Note">Commitment to the credit note.</param>
    public readonly record struct Credit(uint Number, Amount Amount, Hash Note) : ICorrection<JustInTime>
    {
        public Signers MustSign(JustInTime agreed, Facts facts) => Signers.All(agreed.Supplier);

        public Outcome<JustInTime> Decide(JustInTime agreed, Facts facts)
        {
            if (Amount.Unit != agreed.Currency || Amount.Minor <= 0) return NotThisMoney;
            if (facts.Find(CallOffs, new CallOffKey(Number)) is not { } called || Amount > called.Price) return NotSoMuch;
            var less = Amount.OrAtMost(agreed.PlantOwes);
            return facts.Accept(agreed with { PlantOwes = agreed.PlantOwes - less }).Move(Amount - less, from: agreed.Supplier, to: agreed.Plant)
                .Put(CallOffs, new CallOffKey(Number), called with { Price = called.Price - Amount }).Emit(new Credited(Number, Amount, Amount - less, Note));
        }
    }

    /// <summary>Who owes pays, or a part of it.</summary>
    /// <param name="By">The Plant or the Supplier.</param>
    /// <param name="Amount">How much.</param>
    public readonly record struct Pay(Party By, Amount Amount) : IClause<JustInTime>
    {
        public Signers MustSign(JustInTime agreed, Facts facts) => Signers.All(By);

        public Outcome<JustInTime> Decide(JustInTime agreed, Facts facts)
        {
            if (By != agreed.Plant && By != agreed.Supplier) return NotAPartyHere;
            if (Amount.Unit != agreed.Currency || Amount.Minor <= 0) return NotThisMoney;
            var isPlant = By == agreed.Plant;
            if (Amount > (isPlant ? agreed.PlantOwes : agreed.SupplierOwes)) return NotSoMuch;
            return facts.Accept(isPlant ? agreed with { PlantOwes = agreed.PlantOwes - Amount } : agreed with { SupplierOwes = agreed.SupplierOwes - Amount })
                .Move(Amount, from: By, to: isPlant ? agreed.Supplier : agreed.Plant).Emit(new PaidUp(By, Amount));
        }
    }

    /// <summary>Plant or Supplier replaces its mandate by a new one.</summary>
    /// <param name="By">Which of them.</param>
    /// <param name="Mandate">What takes the place of the one before.</param>
    public readonly record struct Renew(Party By, Mandate Mandate) : IClause<JustInTime>
    {
        public Signers MustSign(JustInTime agreed, Facts facts) => Signers.All(By);

        public Outcome<JustInTime> Decide(JustInTime agreed, Facts facts) =>
            By != agreed.Plant && By != agreed.Supplier ? NotAPartyHere : Mandate.InAll.Unit != agreed.Currency ? NotThisMoney
            : facts.Accept(agreed).Allow(By, Mandate).Emit(new Renewed(By, Mandate));
    }

    /// <summary>Plant or Supplier ends it, once no window is open and they owe nothing. What the other owes they let go.</summary>
    /// <param name="By">Which of them.</param>
    public readonly record struct End(Party By) : IClause<JustInTime>, IExit
    {
        public Signers MustSign(JustInTime agreed, Facts facts) => Signers.All(By);

        public Outcome<JustInTime> Decide(JustInTime agreed, Facts facts)
        {
            if (By != agreed.Plant && By != agreed.Supplier) return NotAPartyHere;
            var (owes, waived) = By == agreed.Plant ? (agreed.PlantOwes, agreed.SupplierOwes) : (agreed.SupplierOwes, agreed.PlantOwes);
            return facts.Count(Windows) > 0 || !owes.IsZero ? StillOpen : facts.Accept(agreed).Emit(new Ended(By, waived)).End();
        }
    }

    public readonly record struct Agreed(Party Plant, Party Supplier, SupplyTerms Terms) : IEvent;
    public readonly record struct Called(uint Number, uint Pieces, Instant From, Instant Until) : IEvent;
    public readonly record struct Advised(uint Number, string Advice, long Pieces, long Missing) : IEvent;
    public readonly record struct Received(uint Number, long Pieces, uint Over, long NotAsAdvised, uint Missing, Amount Paid, Amount Owed, Hash Note) : IEvent;
    public readonly record struct WindowMissed(uint Number, uint Missing, Amount Paid, Amount Owed) : IEvent;
    public readonly record struct Used(Lot Lot, long InStock) : IEvent;
    public readonly record struct Low(long InStock, uint SafetyStock) : IEvent;
    public readonly record struct LeftOff(uint Number, Amount Amount, Amount GivenBack, Hash Reason) : IEvent;
    public readonly record struct Credited(uint Number, Amount Amount, Amount GivenBack, Hash Note) : IEvent;
    public readonly record struct PaidUp(Party By, Amount Amount) : IEvent;
    public readonly record struct Renewed(Party By, Mandate Mandate) : IEvent;
    public readonly record struct Ended(Party By, Amount Waived) : IEvent;

    public static readonly Contract<JustInTime> Contents = new Contract<JustInTime>(code: 63, version: 1, Codecs.JustInTime.State)
        .Opens(1, Codecs.JustInTime.Agree).Does(2, Codecs.JustInTime.CallOff).Does(3, Codecs.JustInTime.Advise).Does(4, Codecs.JustInTime.Receive).FallsDue(5, Codecs.JustInTime.Close)
        .Does(6, Codecs.JustInTime.Use).Corrects(7, Codecs.JustInTime.LetOff).Corrects(8, Codecs.JustInTime.Credit).Does(9, Codecs.JustInTime.Pay).Does(10, Codecs.JustInTime.Renew)
        .Does(11, Codecs.JustInTime.End)
        .Tells(1, Codecs.JustInTime.Agreed).Tells(2, Codecs.JustInTime.Called).Tells(3, Codecs.JustInTime.Advised).Tells(4, Codecs.JustInTime.Received).Warns(5, "late-delivery", Codecs.JustInTime.WindowMissed)
        .Tells(6, Codecs.JustInTime.Used).Warns(7, "low-stock", Codecs.JustInTime.Low).Tells(8, Codecs.JustInTime.LeftOff).Tells(9, Codecs.JustInTime.Credited).Tells(10, Codecs.JustInTime.PaidUp)
        .Tells(11, Codecs.JustInTime.Renewed).Tells(12, Codecs.JustInTime.Ended)
        .Keeps(CallOffs, Codecs.JustInTime.CallOffKey, Codecs.JustInTime.CalledOff).Keeps(Advices, Codecs.JustInTime.CallOffKey, Codecs.JustInTime.Advice)
        .Keeps(Windows, Codecs.JustInTime.CallOffKey, Codecs.JustInTime.Window).Keeps(Stock, Codecs.JustInTime.RangeKey, Codecs.JustInTime.Kept)
        .Refuses(NotTheseTerms, NotThisMoney, NotAWindow, TooManyWindows, NotCalledOff, NotParts, NotMade, TooMany, InStockAlready, NotInStock, NotSoMuch, NotAPartyHere, StillOpen, InArrears);
}

/// <summary>What is supplied, and for how much.</summary>
/// <param name="Gtin">The article.</param>
/// <param name="Price">What a part costs.</param>
/// <param name="Missed">What a window costs the supplier that closes on less than was called off.</param>
/// <param name="PerMissing">And besides for each part that is missing then.</param>
/// <param name="SafetyStock">With fewer parts than these in stock both are told.</param>
public readonly record struct SupplyTerms(string Gtin, Amount Price, Amount Missed, Amount PerMissing, uint SafetyStock)
{
    private const long DearestAtMost = 1L << 36;

    /// <summary>Whether article, price and penalties are such that they can be reckoned with.</summary>
    public bool IsPriced => Gs1.IsGtin(Gtin) && IsWithin(Price) && IsWithin(Missed) && IsWithin(PerMissing) && Missed.Unit == Price.Unit && PerMissing.Unit == Price.Unit && Price.Minor > 0;

    private static bool IsWithin(Amount amount) => amount.Minor is >= 0 and <= DearestAtMost;
}
