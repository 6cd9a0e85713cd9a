using Keten.Kernel;

namespace Keten.Tests.Rules;

/// <summary>A contract that does whatever the tests of the kernel's rules ask of it, with the signatures that a careful contract would ask.</summary>
/// <param name="Owner">Who opened it, and signs most of it.</param>
/// <param name="Other">Another party, named in the state.</param>
/// <param name="Unit">The unit that it made; nothing where it made none.</param>
/// <param name="Number">Counted up by what ran.</param>
public sealed record Lab(Party Owner, Party? Other, Unit? Unit, long Number)
{
    public static readonly Refusal<Lab> NotNow = new(1, "The test asked for a refusal.");

    public static readonly Records<ulong, Cell> Cells = new(1);
    public static readonly Records<Party, Cell> Members = new(2);
    public static readonly Records<Pair, Cell> Pairs = new(3);

    public readonly record struct Cell(long Value, Party? Who);
    public readonly record struct Pair(Party Left, Party Right);
    public readonly record struct Claim(Agreement<Lab> For, long Number);

    public enum Deed
    {
        Count = 0,
        Fault = 1,
        FaultUnlessCounted = 2,
        AgainAtOnce = 3,
        AgainLongAgo = 4,
        PayHeld = 5,
        Collect = 6,
        End = 7,
    }

    public sealed record Begin(Party Owner, Party? Other, bool MakesUnit, byte Rules) : IOpening<Lab>
    {
        public Signers MustSign(Facts facts) => Signers.All(Owner);

        public Outcome<Lab> Decide(Facts facts)
        {
            var accepted = facts.Accept(new Lab(Owner, Other, MakesUnit ? facts.NewUnit : null, 0));
            return MakesUnit ? accepted.Create(facts.NewUnit, "LAB", 0, (UnitRules)Rules) : accepted;
        }
    }

    public readonly record struct Move(Party From, Party To, Amount Amount, int Times) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.All(From);

        public Outcome<Lab> Decide(Lab agreed, Facts facts)
        {
            var accepted = facts.Accept(agreed);
            for (var each = 0; each < Times; each++) accepted = accepted.Move(Amount, From, To);
            return accepted;
        }
    }

    public readonly record struct Take(Party From, Party To, Amount Amount, int Times) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.Anyone;

        public Outcome<Lab> Decide(Lab agreed, Facts facts)
        {
            var accepted = facts.Accept(agreed);
            for (var each = 0; each < Times; each++) accepted = accepted.Move(Amount, From, To);
            return accepted;
        }
    }

    public readonly record struct Deposit(Party From, Amount Amount, bool ThenEnd) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.All(From);

        public Outcome<Lab> Decide(Lab agreed, Facts facts) =>
            ThenEnd ? facts.Accept(agreed).Hold(Amount, From).End() : facts.Accept(agreed).Hold(Amount, From);
    }

    public readonly record struct Through(Party From, Party To, Amount Amount) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.All(From);

        public Outcome<Lab> Decide(Lab agreed, Facts facts) => facts.Accept(agreed).Hold(Amount, From).Pay(Amount, To);
    }

    public readonly record struct Release(Party To, Amount Amount) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<Lab> Decide(Lab agreed, Facts facts) => facts.Accept(agreed).Pay(Amount, To);
    }

    public readonly record struct Permit(Party Payer, Mandate Mandate) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.All(Payer);

        public Outcome<Lab> Decide(Lab agreed, Facts facts) => facts.Accept(agreed).Allow(Payer, Mandate);
    }

    public readonly record struct Give(Party To, Amount Amount, Instant? Until) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<Lab> Decide(Lab agreed, Facts facts) =>
            Until is { } until ? facts.Accept(agreed).Issue(Amount, To, until) : facts.Accept(agreed).Issue(Amount, To);
    }

    public readonly record struct Back(Party From, Amount Amount) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.All(From);

        public Outcome<Lab> Decide(Lab agreed, Facts facts) => facts.Accept(agreed).Redeem(Amount, From);
    }

    public readonly record struct Seize(Party From, Amount Amount) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<Lab> Decide(Lab agreed, Facts facts) => facts.Accept(agreed).TakeBack(Amount, From);
    }

    public readonly record struct Clear(Owner Who, Unit Unit) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<Lab> Decide(Lab agreed, Facts facts) => facts.Accept(agreed).Sweep(Who, Unit);
    }

    public readonly record struct Credit(Party To, Amount Limit) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<Lab> Decide(Lab agreed, Facts facts) => facts.Accept(agreed).Limit(To, Limit);
    }

    public readonly record struct Finish : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<Lab> Decide(Lab agreed, Facts facts) => facts.Accept(agreed).End();
    }

    public readonly record struct Later(ulong Id, Deed Deed, Instant At, bool Never) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<Lab> Decide(Lab agreed, Facts facts) =>
            Never ? facts.Accept(agreed).Cancel(new Tick(Id, Deed)) : facts.Accept(agreed).Wake(new Tick(Id, Deed), At);
    }

    public readonly record struct Tick(ulong Id, Deed Deed) : IDue<Lab>
    {
        public Accepted<Lab> Decide(Lab agreed, Facts facts)
        {
            var counted = facts.Accept(agreed with { Number = agreed.Number + 1 });
            switch (Deed)
            {
                case Deed.Fault:
                    return Faulting(counted, 0);
                case Deed.FaultUnlessCounted:
                    return Faulting(counted, agreed.Number);
                case Deed.AgainAtOnce:
                    return counted.Wake(this, facts.Now);
                case Deed.AgainLongAgo:
                    return counted.Wake(this, new Instant(1));
                case Deed.PayHeld:
                    return counted.Pay(facts.Held(new Unit((uint)Id)), agreed.Owner);
                case Deed.Collect when agreed is { Other: { } payer }:
                    return counted.Move(facts.Collectable(payer, new Unit((uint)Id)), payer, agreed.Owner);
                case Deed.End:
                    return counted.End();
                default:
                    return counted.Emit(new Told(agreed.Number));
            }
        }

        private static Accepted<Lab> Faulting(Accepted<Lab> counted, long by) => 1 / by > 7 ? counted.End() : counted;
    }

    public readonly record struct Break(byte How) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.Anyone;

        public Outcome<Lab> Decide(Lab agreed, Facts facts)
        {
            var (zero, none) = ((long)How - How, (Lab?)null);
            var changed = facts.Accept(agreed with { Number = 99 }).Put(Cells, 1UL, new Cell(1, null)).Emit(new Told(99));
            switch (How)
            {
                case 1: return agreed.Number + long.MaxValue - zero + 1 + How > 0 ? changed : NotNow;
                case 2: return 1 / zero > 0 ? changed : NotNow;
                case 3: return facts.Height.ToString()[(int)zero + 50] > 0 ? changed : NotNow;
                case 4: return none!.Number > 0 ? changed : NotNow;
                case 5: return ((string)(object)agreed).Length > 0 ? changed : NotNow;
                case 6: return facts.Of(new Agreement<Lab>(1_000_000)).State.Number > 0 ? changed : NotNow;
                case 7: return facts.Accept(agreed).Put(Cells, 1UL, new Cell(1, default(Party)));
                case 8: return new Unit(1).Of(1) + new Unit(2).Of(1) > new Unit(1).Of(0) ? changed : NotNow;
                case 9: return Signers.AtLeast(0) is { } ? changed : NotNow;
                case 10: return default(Outcome<Lab>);
                default: return NotNow;
            }
        }
    }

    public readonly record struct Work(int Steps, int Effects) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.Anyone;

        public Outcome<Lab> Decide(Lab agreed, Facts facts)
        {
            var accepted = facts.Accept(agreed with { Number = agreed.Number + 1 });
            for (var each = 0; each < Steps; each++) _ = facts.Find(Cells, (ulong)each);
            for (var each = 0; each < Effects; each++) accepted = accepted.Emit(new Told(each));
            return accepted;
        }
    }

    public readonly record struct Put(ulong Key, long? Value) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.Anyone;

        public Outcome<Lab> Decide(Lab agreed, Facts facts) =>
            Value is { } value ? facts.Accept(agreed).Put(Cells, Key, new Cell(value, null)) : facts.Accept(agreed).Remove(Cells, Key);
    }

    public readonly record struct Join(Party Member, Party? Friend, Party? Witness) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.All(Member);

        public Outcome<Lab> Decide(Lab agreed, Facts facts) => Friend is { } friend
            ? facts.Accept(agreed).Put(Pairs, new Pair(Member, friend), new Cell(0, Witness))
            : facts.Accept(agreed).Put(Members, Member, new Cell(0, Witness));
    }

    public readonly record struct Page(ulong? From, bool Included, int AtMost, Agreement<Lab>? Of) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.Anyone;

        public Outcome<Lab> Decide(Lab agreed, Facts facts)
        {
            var accepted = facts.Accept(agreed);
            var rows = Of is { } other ? facts.Of(other).Next(Cells, From, AtMost)
                : Included && From is { } from ? facts.From(Cells, from, AtMost) : facts.Next(Cells, From, AtMost);
            foreach (var row in rows) accepted = accepted.Emit(new Told((long)row.Key));
            return accepted.Emit(new Told(-facts.Count(Cells)));
        }
    }

    public readonly record struct Look(Agreement<Lab> At) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.Anyone;

        public Outcome<Lab> Decide(Lab agreed, Facts facts) =>
            facts.Accept(agreed).Emit(new Told(facts.Of(At).State.Number)).Emit(new Told(facts.Of(At).HasEnded ? 1 : 0));
    }

    public readonly record struct Hear(Signed<Claim> Claim) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.Anyone;

        public Outcome<Lab> Decide(Lab agreed, Facts facts)
        {
            var (signer, (about, number)) = Claim;
            if (signer != agreed.Owner || about != facts.Self<Lab>()) return NotNow;
            return facts.Accept(agreed with { Number = number });
        }
    }

    /// <summary>Policies that name nobody: an empty list, and what was never said.</summary>
    public readonly record struct Careless(bool Default) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Default ? default : Signers.All(default(Many<Party>).AsSpan());

        public Outcome<Lab> Decide(Lab agreed, Facts facts) => facts.Accept(agreed);
    }

    /// <summary>Values that no record may hold, or no node could read its state again.</summary>
    public readonly record struct Odd(byte How, Unit Unit) : IClause<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<Lab> Decide(Lab agreed, Facts facts)
        {
            var (accepted, owner, far) = (facts.Accept(agreed), agreed.Owner, Instant.Last.Plus(1));
            return How switch
            {
                1 => accepted.Allow(owner, new Mandate(Unit.Of(1), Unit.Of(1), far)),
                2 => accepted.Allow(owner, new Mandate(Unit.Of(1), Unit.Of(1), new Instant(-1))),
                3 => accepted.Allow(owner, new Mandate(Unit.Of(long.MaxValue), Unit.Of(1), facts.Now.Plus(9))),
                4 => accepted.Wake(new Tick(1, Deed.Count), far),
                5 => accepted.Wake(new Tick(1, Deed.Count), new Instant(long.MinValue)),
                6 => accepted.Issue(Unit.Of(1), owner, far),
                7 => accepted.Limit(default, Unit.Of(1)),
                8 => accepted.Create(facts.NewUnit, "A\ud800", 0),
                9 => accepted.Create(facts.NewUnit, "ODD", 0, (UnitRules)255),
                10 => accepted.Create(new Unit(77), "ODD", 0),
                11 => accepted.Move(new Amount(5, default), owner, owner),
                12 => accepted.Pay(Unit.Of(1), default),
                13 => accepted.Limit(owner, Unit.Of(-1)),
                14 => accepted.Allow(owner, new Mandate(Unit.Of(-1), Unit.Of(1), facts.Now.Plus(9))),
                15 => accepted.Move(Unit.Of(-1), owner, owner),
                16 => accepted.Move(Unit.Of(Amount.Limit), owner, owner),
                _ => NotNow,
            };
        }
    }

    public readonly record struct Mend(Deed Deed, Party Payer, Amount Amount) : ICorrection<Lab>
    {
        public Signers MustSign(Lab agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<Lab> Decide(Lab agreed, Facts facts)
        {
            var accepted = facts.Accept(agreed with { Number = agreed.Number + 1 });
            return Deed switch
            {
                Deed.Collect => accepted.Move(Amount, Payer, agreed.Owner),
                Deed.PayHeld => accepted.Hold(Amount, agreed.Owner),
                Deed.AgainAtOnce => accepted.Wake(new Tick(1, Deed.Count), facts.Now),
                _ => accepted,
            };
        }
    }

    public readonly record struct Told(long Number) : IEvent;

    public static readonly Contract<Lab> Contents = new Contract<Lab>(code: 900, version: 1, Codecs.Lab.State)
        .Opens(1, Codecs.Lab.Begin).Does(2, Codecs.Lab.Move).Does(3, Codecs.Lab.Take).Does(4, Codecs.Lab.Deposit).Does(5, Codecs.Lab.Through)
        .Does(6, Codecs.Lab.Release).Does(7, Codecs.Lab.Permit).Does(8, Codecs.Lab.Give).Does(9, Codecs.Lab.Back).Does(10, Codecs.Lab.Seize)
        .Does(11, Codecs.Lab.Clear).Does(12, Codecs.Lab.Credit).Does(13, Codecs.Lab.Finish).Does(14, Codecs.Lab.Later).FallsDue(15, Codecs.Lab.Tick)
        .Does(16, Codecs.Lab.Break).Does(17, Codecs.Lab.Work).Does(18, Codecs.Lab.Put).Does(19, Codecs.Lab.Join).Does(20, Codecs.Lab.Page)
        .Does(21, Codecs.Lab.Look).Does(22, Codecs.Lab.Hear).Does(23, Codecs.Lab.Careless).Does(24, Codecs.Lab.Odd).Corrects(25, Codecs.Lab.Mend)
        .Tells(1, Codecs.Lab.Told).Keeps(Cells, KeyCodec.Number, Codecs.Lab.Cell).Keeps(Members, Codecs.Lab.Cell).Keeps(Pairs, Codecs.Lab.PairKey, Codecs.Lab.Cell)
        .Refuses(NotNow);
}

/// <summary>A second contract, so that a reference can be to the wrong kind, and a statement of the wrong type.</summary>
/// <param name="Owner">Who opened it.</param>
public sealed record Twin(Party Owner)
{
    public readonly record struct Claim(Agreement<Lab> For, long Number);

    public sealed record Begin(Party Owner) : IOpening<Twin>
    {
        public Signers MustSign(Facts facts) => Signers.All(Owner);

        public Outcome<Twin> Decide(Facts facts) => facts.Accept(new Twin(Owner));
    }

    public readonly record struct Hear(Signed<Claim> Claim) : IClause<Twin>
    {
        public Signers MustSign(Twin agreed, Facts facts) => Signers.Anyone;

        public Outcome<Twin> Decide(Twin agreed, Facts facts) => facts.Accept(agreed);
    }

    public static readonly Contract<Twin> Contents = new Contract<Twin>(code: 901, version: 1, Codecs.Twin.State)
        .Opens(1, Codecs.Twin.Begin).Does(2, Codecs.Twin.Hear);
}
