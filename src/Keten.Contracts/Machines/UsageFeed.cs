using Keten.Kernel;

namespace Keten.Contracts.Machines;

/// <summary>
/// The User of a machine lets a Reader, its bank or its insurer, see of each settled month what was granted and nothing else. The months come by themselves, an hour after each was settled, until
/// the grant lapses or is taken back. What has been seen cannot be unseen.
/// </summary>
/// <param name="User">Whose use it is.</param>
/// <param name="Reader">Who sees it.</param>
/// <param name="Machine">The machine's agreement, which the Reader need not be able to read.</param>
/// <param name="Slice">What of a month is shown.</param>
/// <param name="Until">When the grant lapses.</param>
/// <param name="Last">The first moment of the last month that was shown; at first, of the one before the grant.</param>
public sealed record UsageFeed(Party User, Party Reader, Agreement<MachineUse> Machine, Slice Slice, Instant Until, Instant Last)
{
    /// <summary>So many months are shown at once; what is left follows in the next block.</summary>
    public const int AtMost = 12;

    private const long Hour = 3_600;

    public static readonly Refusal<UsageFeed> NotAGrant = new(1, "A grant shows something to another party, and lapses in the future.");
    public static readonly Refusal<UsageFeed> NotShown = new(2, "No month that began then has been shown.");

    /// <summary>What the Reader sees, by the month's first moment.</summary>
    public static readonly Records<Instant, Seen> Months = new(1);

    /// <summary>The User grants a slice: of the month that is running, and of those that follow.</summary>
    /// <param name="Reader">Who sees it.</param>
    /// <param name="Machine">The machine's agreement.</param>
    /// <param name="Slice">What of a month is shown.</param>
    /// <param name="Until">When the grant lapses.</param>
    public sealed record Grant(Party Reader, Agreement<MachineUse> Machine, Slice Slice, Instant Until) : IOpening<UsageFeed>
    {
        public Signers MustSign(Facts facts) => Signers.All(facts.Of(Machine).State.User);

        public Outcome<UsageFeed> Decide(Facts facts)
        {
            var machine = facts.Of(Machine).State;
            if (Slice == default || Reader == machine.User || Until <= facts.Now || Until > Instant.Last) return NotAGrant;
            return facts.Accept(new UsageFeed(machine.User, Reader, Machine, Slice, Until, machine.Month.Began.Plus(-1)))
                .Wake(new Show(), at: machine.Month.Ends.Plus(Hour)).Wake(new Lapse(), at: Until).Emit(new Granted(Reader, Slice, Until));
        }
    }

    /// <summary>Months have been settled: the Reader sees its slice of them.</summary>
    public readonly record struct Show : IDue<UsageFeed>
    {
        public Accepted<UsageFeed> Decide(UsageFeed agreed, Facts facts)
        {
            var machine = facts.Of(agreed.Machine);
            var (last, count) = (agreed.Last, 0);
            foreach (var bill in machine.Next(MachineUse.Bills, after: (Instant?)agreed.Last, AtMost)) (last, count) = (bill.Key, count + 1);
            var shown = facts.Accept(count == 0 ? agreed : agreed with { Last = last });
            foreach (var bill in machine.Next(MachineUse.Bills, after: (Instant?)agreed.Last, AtMost)) agreed.Add(shown, bill.Value);
            if (machine.State.Over && count < AtMost) return shown.End();
            return shown.Wake(new Show(), at: count == AtMost ? facts.Now : machine.State.Month.Ends.Plus(Hour));
        }
    }

    /// <summary>User or Reader has a month shown again that was credited since.</summary>
    /// <param name="Began">The month's first moment.</param>
    public readonly record struct ShowAgain(Instant Began) : IClause<UsageFeed>
    {
        public Signers MustSign(UsageFeed agreed, Facts facts) => Signers.Any(agreed.User, agreed.Reader);

        public Outcome<UsageFeed> Decide(UsageFeed agreed, Facts facts) =>
            facts.Find(Months, Began) is null || facts.Of(agreed.Machine).Find(MachineUse.Bills, Began) is not { } bill ? NotShown : agreed.Add(facts.Accept(agreed), bill);
    }

    /// <summary>The User takes the grant back: nothing more is shown.</summary>
    public readonly record struct Withdraw : IClause<UsageFeed>, IExit
    {
        public Signers MustSign(UsageFeed agreed, Facts facts) => Signers.All(agreed.User);

        public Outcome<UsageFeed> Decide(UsageFeed agreed, Facts facts) => facts.Accept(agreed).Emit(new Withdrawn(agreed.Reader)).End();
    }

    /// <summary>The grant has lapsed.</summary>
    public readonly record struct Lapse : IDue<UsageFeed>, IExit
    {
        public Accepted<UsageFeed> Decide(UsageFeed agreed, Facts facts) => facts.Accept(agreed).Emit(new Lapsed(agreed.Reader)).End();
    }

    /// <summary>What was granted of a month; the rest is left out.</summary>
    /// <param name="Until">When it ended.</param>
    /// <param name="Pieces">How many pieces were made.</param>
    /// <param name="Seconds">How long the machine ran.</param>
    /// <param name="Down">How many seconds it stood and could not run.</param>
    /// <param name="Services">How often a service was called.</param>
    /// <param name="Due">What the month came to, less what was credited.</param>
    public readonly record struct Seen(Instant Until, uint? Pieces, uint? Seconds, uint? Down, uint? Services, Amount? Due);

    public readonly record struct Granted(Party Reader, Slice Slice, Instant Until) : IEvent;
    public readonly record struct Shown(Instant Began, Seen Seen) : IEvent;
    public readonly record struct Withdrawn(Party Reader) : IEvent;
    public readonly record struct Lapsed(Party Reader) : IEvent;

    public static readonly Contract<UsageFeed> Contents = new Contract<UsageFeed>(code: 21, version: 1, Codecs.UsageFeed.State)
        .Opens(1, Codecs.UsageFeed.Grant).FallsDue(2, Codecs.UsageFeed.Show).Does(3, Codecs.UsageFeed.ShowAgain).Does(4, Codecs.UsageFeed.Withdraw).FallsDue(5, Codecs.UsageFeed.Lapse)
        .Tells(1, Codecs.UsageFeed.Granted).Tells(2, Codecs.UsageFeed.Shown).Tells(3, Codecs.UsageFeed.Withdrawn).Tells(4, Codecs.UsageFeed.Lapsed)
        .Keeps(Months, Codecs.UsageFeed.Seen).Refuses(NotAGrant, NotShown);

    private Accepted<UsageFeed> Add(Accepted<UsageFeed> accepted, in Bill bill)
    {
        var (month, slice) = (bill.Month, Slice);
        var seen = new Seen(
            bill.Until, slice.Pieces ? month.Pieces : null, slice.Hours ? month.Seconds : null, slice.Standing ? month.Down : null, slice.Services ? month.Services : null,
            slice.Due ? bill.Due - bill.Corrected : null);
        return accepted.Put(Months, month.Began, seen).Emit(new Shown(month.Began, seen));
    }
}

/// <summary>What of a month a reader is shown.</summary>
/// <param name="Pieces">How many pieces were made.</param>
/// <param name="Hours">How long the machine ran.</param>
/// <param name="Standing">How long it stood and could not run.</param>
/// <param name="Services">How often a service was called.</param>
/// <param name="Due">What the month came to.</param>
public readonly record struct Slice(bool Pieces, bool Hours, bool Standing, bool Services, bool Due);
