using Keten.Contracts.Banking;
using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Contracts.Financing;

/// <summary>
/// A Lender lends a Borrower money, and pays it to whom it is for once the vehicle's title is retained for the loan. It is paid back month by month, by itself, under a mandate; with the last cent
/// the title is free. What cannot be paid is owed, bears late interest, brings notices, and at last all may be called in.
/// </summary>
/// <param name="Lender">Who lends, and is paid.</param>
/// <param name="Borrower">Who pays back.</param>
/// <param name="Payee">Whom the money is for: the seller, or the Borrower.</param>
/// <param name="Plan">How it is paid back.</param>
/// <param name="Terms">Arrears, what early payment costs.</param>
/// <param name="Security">The vehicle that secures it, if one does.</param>
/// <param name="Stage">How far it is.</param>
/// <param name="Debt">What has not fallen due.</param>
/// <param name="Arrears">What has, and is not paid.</param>
/// <param name="Use">What the counter showed, where instalments go by use.</param>
public sealed record Loan(
    Party Lender, Party Borrower, Party Payee, Plan Plan, LoanTerms Terms, Security? Security, LoanStage Stage, Debt Debt, Arrears Arrears, Use Use) : IReadBy
{
    public static readonly Refusal<Loan> NotTwoParties = new(1, "Lender and borrower are two parties, and all who take part are on this ledger.");
    public static readonly Refusal<Loan> NotThisPlan = new(2, "The plan or the terms cannot be carried out: something is lent, over 1 to 600 months, at shares from nothing to the whole, all in one money.");
    public static readonly Refusal<Loan> NotThisMoney = new(3, "The amount is of another unit, or of nothing; or the money expires.");
    public static readonly Refusal<Loan> NotThisMandate = new(4, "The mandate is in the money of the loan, and lasts until its last instalment.");
    public static readonly Refusal<Loan> NotNow = new(5, "That is not possible at this stage of the loan.");
    public static readonly Refusal<Loan> NoTitle = new(6, "The vehicle is not the borrower's, or its title is not retained for this loan: that is done by calls on the register in the same transaction, before this one.");
    public static readonly Refusal<Loan> NothingOwed = new(7, "Nothing is owed, or less than that, or nothing can be collected now.");
    public static readonly Refusal<Loan> FirstWhatIsOwed = new(8, "What has fallen due is paid before anything is paid ahead.");
    public static readonly Refusal<Loan> SettlesIt = new(9, "That is all that is left: the loan is settled instead.");
    public static readonly Refusal<Loan> NotYet = new(10, "Nothing is in arrears, or not yet for the days that were agreed.");
    public static readonly Refusal<Loan> NotTheMeter = new(11, "The reading is not signed by the agreed meter, or is for another loan, or instalments do not go by use.");
    public static readonly Refusal<Loan> RunsBack = new(12, "The counter shows less than before.");
    public static readonly Refusal<Loan> NotAnotherLender = new(13, "A debt goes to another lender, who is not the borrower.");

    /// <summary>What a meter signs.</summary>
    /// <param name="For">The loan that it is for.</param>
    /// <param name="Shows">What the counter shows.</param>
    public readonly record struct Reading(Agreement<Loan> For, uint Shows);

    /// <summary>Lender and Borrower. A lender who has passed the debt on reads it no more.</summary>
    public Readers MayRead(Facts facts) => Readers.Of(Lender, Borrower);

    /// <summary>All that is owed on a day, late interest in it; what has not fallen due is not in it.</summary>
    public Amount OwedOn(Instant day) => Arrears.At(day, Terms.Arrears.Late).Owed;

    /// <summary>What the Lender has for a sum that is paid back early on a day: the agreed share, rounded down, and no more than the interest that it would have borne to the end of the term.</summary>
    public Amount CompensationFor(Amount sum, Instant day)
    {
        var last = Plan.DueDate(Debt.Drawn, Plan.Months);
        var share = last > CalendarDate.Of(day).PlusMonths(12).Begin ? Terms.Compensation : Terms.CompensationInLastYear;
        return share.Of(sum, Rounding.Down).OrAtMost(sum.Times(Plan.Yearly.Millionths * Math.Max(0, last.DayNumber - day.DayNumber), Rate.One * 365, Rounding.Down));
    }

    /// <summary>What it takes to settle the loan on a day: what is owed, what is left, its interest, and the compensation.</summary>
    public Amount SettlementOn(Instant day) => OwedOn(day) + Debt.Left + Debt.InterestTo(DayOf(day), Plan) + CompensationFor(Debt.Left, day);

    /// <summary>They agree, and the Lender's money waits to be drawn.</summary>
    /// <param name="Lender">Who lends, and is paid.</param>
    /// <param name="Borrower">Who pays back.</param>
    /// <param name="Payee">Whom the money is for.</param>
    /// <param name="Plan">How it is paid back.</param>
    /// <param name="Terms">Arrears, what early payment costs.</param>
    /// <param name="Security">The vehicle that secures it, if one does.</param>
    /// <param name="Shown">What the counter shows now, where instalments go by use; otherwise 0.</param>
    /// <param name="Leave">The Borrower's mandate: up to so much a month, so much in all, until.</param>
    public sealed record Agree(Party Lender, Party Borrower, Party Payee, Plan Plan, LoanTerms Terms, Security? Security, uint Shown, Mandate Leave) : IOpening<Loan>
    {
        public Signers MustSign(Facts facts) => Signers.All(Lender, Borrower);

        public Outcome<Loan> Decide(Facts facts)
        {
            var currency = Plan.Currency;
            if (Lender == Borrower || !facts.Knows(Payee) || (Plan.Use is { } price && !facts.Knows(price.Meter))) return NotTwoParties;
            if (!Plan.IsWhole || !Terms.AreIn(currency)) return NotThisPlan;
            if (!facts.CanBeHeld(currency)) return NotThisMoney;
            var lapses = facts.Now.PlusDays(Terms.DaysToDraw);
            if (Leave.InAll.Unit != currency || Leave.Until <= Plan.DueDate(lapses, Plan.Months)) return NotThisMandate;
            var instalment = Plan.By == Repayment.Annuity ? Plan.Level : currency.Of(0);
            var debt = new Debt(facts.Now, instalment, 0, Plan.Principal, currency.Of(0), facts.Now);
            return facts.Accept(new Loan(Lender, Borrower, Payee, Plan, Terms, Security, LoanStage.Agreed, debt, Arrears.None(currency), new Use(Shown, Shown)))
                .Hold(Plan.Principal, from: Lender).Allow(Borrower, Leave).Wake(new Lapse(), at: lapses).Emit(new Agreed(Borrower, Plan.Principal, instalment));
        }
    }

    /// <summary>
    /// The Borrower has the money paid out. Where a vehicle secures the loan this stands in one transaction behind the calls by which the register makes the Borrower its keeper and retains
    /// its title for this loan: all are done or none.
    /// </summary>
    public readonly record struct Draw : IClause<Loan>
    {
        public Signers MustSign(Loan agreed, Facts facts) => Signers.All(agreed.Borrower);

        public Outcome<Loan> Decide(Loan agreed, Facts facts)
        {
            if (agreed.Stage != LoanStage.Agreed) return NotNow;
            if (!agreed.HasTitle(facts)) return NoTitle;
            var drawn = agreed.Debt with { Drawn = facts.Now, AccruedTo = Plan.DueDate(facts.Now, 0) };
            return facts.Accept(agreed with { Stage = LoanStage.Running, Debt = drawn }).Pay(agreed.Plan.Principal, to: agreed.Payee)
                .Cancel(new Lapse()).Wake(new Fall(), at: drawn.Due).Emit(new Drawn(agreed.Payee, agreed.Plan.Principal, drawn.Due));
        }
    }

    /// <summary>One of the two steps back before the money is drawn, and the Lender has it again.</summary>
    /// <param name="By">Lender or Borrower.</param>
    public readonly record struct StepBack(Party By) : IClause<Loan>, IExit
    {
        public Signers MustSign(Loan agreed, Facts facts) => Signers.All(By == agreed.Borrower ? By : agreed.Lender);

        public Outcome<Loan> Decide(Loan agreed, Facts facts) => agreed.Stage == LoanStage.Agreed ? agreed.CallOff(facts) : NotNow;
    }

    /// <summary>Nobody has drawn the money in time.</summary>
    public readonly record struct Lapse : IDue<Loan>, IExit
    {
        public Accepted<Loan> Decide(Loan agreed, Facts facts) => agreed.CallOff(facts);
    }

    /// <summary>What the meter signed is counted. Anybody may hand it in; it belongs to the month in which that is done.</summary>
    /// <param name="Reading">Signed by the meter.</param>
    public readonly record struct Count(Signed<Reading> Reading) : IClause<Loan>
    {
        public Signers MustSign(Loan agreed, Facts facts) => Signers.Anyone;

        public Outcome<Loan> Decide(Loan agreed, Facts facts)
        {
            var (by, (loan, shows)) = Reading;
            if (agreed.Plan.Use is not { } price || by != price.Meter || loan != facts.Self<Loan>()) return NotTheMeter;
            if (agreed.Stage != LoanStage.Running) return NotNow;
            return shows < agreed.Use.Shown ? RunsBack
                : facts.Accept(agreed with { Use = agreed.Use with { Shown = shows } }).Emit(new Counted(shows, shows - agreed.Use.Shown));
        }
    }

    /// <summary>An instalment falls due. It is collected with what was owed before, as far as the mandate and the Borrower's account go.</summary>
    public readonly record struct Fall : IDue<Loan>
    {
        public Accepted<Loan> Decide(Loan agreed, Facts facts)
        {
            var (plan, debt) = (agreed.Plan, agreed.Debt);
            var (number, due) = (debt.Fallen + 1, debt.Due);
            var interest = debt.InterestTo(due, plan);
            var gross = plan.Use is { } price ? price.For(agreed.Use.Shown - agreed.Use.Counted) : debt.Instalment;
            var principal = plan.PrincipalOf(number, gross, interest, debt.Left);
            var arrears = agreed.Arrears.At(due, agreed.Terms.Arrears.Late).With(interest + principal, due);
            var taken = facts.UnderMandate(arrears.Owed, agreed.Borrower);
            var next = agreed with { Debt = debt.Next(principal), Arrears = arrears.Paid(taken), Use = agreed.Use with { Counted = agreed.Use.Shown } };
            var accepted = facts.Accept(next).Move(taken, from: agreed.Borrower, to: agreed.Lender)
                .Emit(new Fell((ushort)number, due, interest, principal, taken, next.Arrears.Owed, next.Debt.Left));
            if (!next.Debt.Left.IsZero) accepted.Wake(new Fall(), at: next.Debt.Due);
            return next.Follow(accepted, agreed);
        }
    }

    /// <summary>The Lender collects what is owed, as far as the mandate and the Borrower's account go.</summary>
    public readonly record struct Collect : IClause<Loan>
    {
        public Signers MustSign(Loan agreed, Facts facts) => Signers.All(agreed.Lender);

        public Outcome<Loan> Decide(Loan agreed, Facts facts)
        {
            var amount = facts.UnderMandate(agreed.OwedOn(facts.Now), agreed.Borrower);
            return amount.IsZero ? NothingOwed : agreed.Receive(amount, facts);
        }
    }

    /// <summary>The Borrower pays what is owed, or a part of it.</summary>
    /// <param name="Amount">How much.</param>
    public readonly record struct Pay(Amount Amount) : IClause<Loan>, IExit
    {
        public Signers MustSign(Loan agreed, Facts facts) => Signers.All(agreed.Borrower);

        public Outcome<Loan> Decide(Loan agreed, Facts facts) =>
            !agreed.IsSum(Amount) ? NotThisMoney : Amount > agreed.OwedOn(facts.Now) ? NothingOwed : agreed.Receive(Amount, facts);
    }

    /// <summary>The Borrower pays a part of what has not fallen due, and the compensation for it besides. Instalments stay as they are, and are fewer or the last is less.</summary>
    /// <param name="Amount">How much less is left.</param>
    public readonly record struct PayAhead(Amount Amount) : IClause<Loan>
    {
        public Signers MustSign(Loan agreed, Facts facts) => Signers.All(agreed.Borrower);

        public Outcome<Loan> Decide(Loan agreed, Facts facts)
        {
            if (agreed.Stage != LoanStage.Running) return NotNow;
            if (!agreed.IsSum(Amount)) return NotThisMoney;
            if (!agreed.Arrears.Owed.IsZero) return FirstWhatIsOwed;
            if (Amount >= agreed.Debt.Left) return SettlesIt;
            var compensation = agreed.CompensationFor(Amount, facts.Now);
            var debt = agreed.Debt.Less(Amount, agreed.DayOf(facts.Now), agreed.Plan);
            return facts.Accept(agreed with { Debt = debt }).Move(Amount + compensation, from: agreed.Borrower, to: agreed.Lender).Emit(new PaidAhead(Amount, compensation, debt.Left));
        }
    }

    /// <summary>The Borrower settles all of it: what is owed, what is left, its interest up to this day, and the compensation for what is early.</summary>
    public readonly record struct Settle : IClause<Loan>, IExit
    {
        public Signers MustSign(Loan agreed, Facts facts) => Signers.All(agreed.Borrower);

        public Outcome<Loan> Decide(Loan agreed, Facts facts)
        {
            if (agreed.Stage != LoanStage.Running) return NotNow;
            var (all, compensation) = (agreed.SettlementOn(facts.Now), agreed.CompensationFor(agreed.Debt.Left, facts.Now));
            var none = agreed.Plan.Currency.Of(0);
            var next = agreed with { Debt = agreed.Debt with { Left = none, Accrued = none }, Arrears = Arrears.None(agreed.Plan.Currency) };
            return next.Follow(facts.Accept(next).Move(all, from: agreed.Borrower, to: agreed.Lender).Emit(new Settled(all, compensation)), agreed);
        }
    }

    /// <summary>What is owed has been owed for so long: the Borrower is given notice.</summary>
    public readonly record struct Remind : IDue<Loan>
    {
        public Accepted<Loan> Decide(Loan agreed, Facts facts)
        {
            var arrears = agreed.Arrears.At(facts.Now, agreed.Terms.Arrears.Late).Reminded(agreed.Terms.Arrears.Fee);
            var accepted = facts.Accept(agreed with { Arrears = arrears }).Emit(new Reminded(arrears.Notices, arrears.Owed));
            return arrears.Notices < ArrearsTerms.NoticesAtMost ? accepted.Wake(new Remind(), at: facts.Now.PlusDays(agreed.Terms.Arrears.DaysToRemind)) : accepted;
        }
    }

    /// <summary>After the agreed days of arrears the Lender calls in all of it, and may take the vehicle back: see <see cref="Registration.TakeBack"/>.</summary>
    public readonly record struct CallIn : IClause<Loan>
    {
        public Signers MustSign(Loan agreed, Facts facts) => Signers.All(agreed.Lender);

        public Outcome<Loan> Decide(Loan agreed, Facts facts)
        {
            if (agreed.Stage != LoanStage.Running) return NotNow;
            if (agreed.Arrears.Since is not { } since || facts.Now < since.PlusDays(agreed.Terms.Arrears.DaysToCallIn)) return NotYet;
            var (debt, none) = (agreed.Debt, agreed.Plan.Currency.Of(0));
            var arrears = agreed.Arrears.At(facts.Now, agreed.Terms.Arrears.Late).With(debt.Left + debt.InterestTo(agreed.DayOf(facts.Now), agreed.Plan), facts.Now);
            return facts.Accept(agreed with { Stage = LoanStage.CalledIn, Debt = debt with { Left = none, Accrued = none }, Arrears = arrears })
                .Cancel(new Fall()).Emit(new CalledIn(arrears.Owed));
        }
    }

    /// <summary>The debt goes to another lender: what is paid from now on, under the same mandate, is theirs, and so is the title. What they pay for it stands in the same transaction.</summary>
    /// <param name="To">Who takes it over.</param>
    public readonly record struct Assign(Party To) : IClause<Loan>
    {
        public Signers MustSign(Loan agreed, Facts facts) => Signers.All(agreed.Lender, To);

        public Outcome<Loan> Decide(Loan agreed, Facts facts) =>
            agreed.Stage == LoanStage.Agreed ? NotNow
            : To == agreed.Borrower || To == agreed.Lender ? NotAnotherLender
            : facts.Accept(agreed with { Lender = To }).Emit(new Assigned(agreed.Lender, To, agreed.Debt.Left, agreed.Arrears.Owed));
    }

    /// <summary>The Borrower replaces the mandate by a new one.</summary>
    /// <param name="Leave">What takes the place of the one before.</param>
    public readonly record struct Renew(Mandate Leave) : IClause<Loan>
    {
        public Signers MustSign(Loan agreed, Facts facts) => Signers.All(agreed.Borrower);

        public Outcome<Loan> Decide(Loan agreed, Facts facts) =>
            Leave.InAll.Unit != agreed.Plan.Currency ? NotThisMandate : facts.Accept(agreed).Allow(agreed.Borrower, Leave).Emit(new Renewed(Leave));
    }

    /// <summary>The Lender puts something right, or lets something go: less is owed, and what goes beyond that is given back. A vehicle that was taken back and sold is credited so.</summary>
    /// <param name="Amount">How much.</param>
    /// <param name="Note">Commitment to the credit note.</param>
    public readonly record struct Credit(Amount Amount, Hash Note) : ICorrection<Loan>, IExit
    {
        public Signers MustSign(Loan agreed, Facts facts) => Signers.All(agreed.Lender);

        public Outcome<Loan> Decide(Loan agreed, Facts facts)
        {
            if (!agreed.IsSum(Amount)) return NotThisMoney;
            var arrears = agreed.Arrears.At(facts.Now, agreed.Terms.Arrears.Late);
            var less = Amount.OrAtMost(arrears.Owed);
            var next = less.IsZero ? agreed : agreed with { Arrears = arrears.Paid(less) };
            return next.Follow(facts.Accept(next).Move(Amount - less, from: agreed.Lender, to: agreed.Borrower).Emit(new Credited(Amount, Amount - less, Note)), agreed);
        }
    }

    public readonly record struct Agreed(Party Borrower, Amount Principal, Amount Instalment) : IEvent;
    public readonly record struct Drawn(Party Payee, Amount Principal, Instant FirstDue) : IEvent;
    public readonly record struct CalledOff(Amount Back) : IEvent;
    public readonly record struct Counted(uint Shows, uint Used) : IEvent;
    public readonly record struct Fell(ushort Number, Instant Due, Amount Interest, Amount Principal, Amount Paid, Amount Owed, Amount Left) : IEvent;
    public readonly record struct Received(Amount Paid, Amount Owed) : IEvent;
    public readonly record struct PaidAhead(Amount Amount, Amount Compensation, Amount Left) : IEvent;
    public readonly record struct Settled(Amount Paid, Amount Compensation) : IEvent;
    public readonly record struct Reminded(ushort Notice, Amount Owed) : IEvent;
    public readonly record struct CalledIn(Amount Owed) : IEvent;
    public readonly record struct Assigned(Party From, Party To, Amount Left, Amount Owed) : IEvent;
    public readonly record struct Renewed(Mandate Leave) : IEvent;
    public readonly record struct Credited(Amount Amount, Amount GivenBack, Hash Note) : IEvent;
    public readonly record struct PaidOff(Party Borrower) : IEvent;

    public static readonly Contract<Loan> Contents = new Contract<Loan>(code: 40, version: 1, Codecs.Loan.State)
        .Opens(1, Codecs.Loan.Agree).Does(2, Codecs.Loan.Draw).Does(3, Codecs.Loan.StepBack).FallsDue(4, Codecs.Loan.Lapse).Does(5, Codecs.Loan.Count).FallsDue(6, Codecs.Loan.Fall)
        .Does(7, Codecs.Loan.Collect).Does(8, Codecs.Loan.Pay).Does(9, Codecs.Loan.PayAhead).Does(10, Codecs.Loan.Settle).FallsDue(11, Codecs.Loan.Remind).Does(12, Codecs.Loan.CallIn)
        .Does(13, Codecs.Loan.Assign).Does(14, Codecs.Loan.Renew).Corrects(15, Codecs.Loan.Credit)
        .Tells(1, Codecs.Loan.Agreed).Tells(2, Codecs.Loan.Drawn).Tells(3, Codecs.Loan.CalledOff).Tells(4, Codecs.Loan.Counted).Tells(5, Codecs.Loan.Fell)
        .Tells(6, Codecs.Loan.Received).Tells(7, Codecs.Loan.PaidAhead).Tells(8, Codecs.Loan.Settled).Warns(9, "arrears", Codecs.Loan.Reminded).Tells(10, Codecs.Loan.CalledIn)
        .Tells(11, Codecs.Loan.Assigned).Tells(12, Codecs.Loan.Renewed).Tells(13, Codecs.Loan.Credited).Tells(14, Codecs.Loan.PaidOff)
        .Refuses(NotTwoParties, NotThisPlan, NotThisMoney, NotThisMandate, NotNow, NoTitle, NothingOwed, FirstWhatIsOwed, SettlesIt, NotYet, NotTheMeter, RunsBack, NotAnotherLender);

    private bool IsPaid => Debt.Left.IsZero && Arrears.Owed.IsZero;

    private bool IsSum(Amount amount) => amount.Unit == Plan.Currency && amount.Minor > 0;

    // A day of the month that is running: one whose instalment is about to fall due ends with it.
    private Instant DayOf(Instant now) => now < Debt.Due ? CalendarDate.Of(now).Begin : Debt.Due;

    private bool HasTitle(Facts facts) => Security is not { } security
        || (Registration.Find(facts.Of(security.Register), security.Vin) is { IsFree: true } vehicle && vehicle.Keeper == Borrower && vehicle.Loan == facts.Self<Loan>());

    private Accepted<Loan> CallOff(Facts facts) => facts.Accept(this).Pay(Plan.Principal, to: Lender).Emit(new CalledOff(Plan.Principal)).End();

    private Accepted<Loan> Receive(Amount amount, Facts facts)
    {
        var next = this with { Arrears = Arrears.At(facts.Now, Terms.Arrears.Late).Paid(amount) };
        return next.Follow(facts.Accept(next).Move(amount, from: Borrower, to: Lender).Emit(new Received(amount, next.Arrears.Owed)), this);
    }

    // Notices while something is owed, and the end with the last of it.
    private Accepted<Loan> Follow(Accepted<Loan> accepted, Loan was)
    {
        if (IsPaid && !was.IsPaid) return accepted.Emit(new PaidOff(Borrower)).End();
        if (was.Arrears.Since is null && Arrears.Since is { } since) accepted.Wake(new Remind(), at: since.PlusDays(Terms.Arrears.DaysToRemind));
        if (was.Arrears.Since is not null && Arrears.Since is null) accepted.Cancel(new Remind());
        return accepted;
    }
}
