using Keten.Kernel;

namespace Keten.Tests.Nodes;

/// <summary>Rings at a moment, and again so many times, a block each; and keeps what was said to it under another's signature.</summary>
/// <param name="Keeper">Who set it.</param>
/// <param name="Left">How many times more.</param>
public sealed record Reminder(Party Keeper, ulong Left)
{
    public readonly record struct Said(Agreement<Reminder> For, ulong What);

    public sealed record Begin(Party Keeper, Instant At, ulong Times) : IOpening<Reminder>
    {
        public Signers MustSign(Facts facts) => Signers.All(Keeper);

        public Outcome<Reminder> Decide(Facts facts) => facts.Accept(new Reminder(Keeper, Times)).Wake(new Ring(1), At);
    }

    public readonly record struct Ring(ulong Bell) : IDue<Reminder>
    {
        public Accepted<Reminder> Decide(Reminder agreed, Facts facts)
        {
            var rung = facts.Accept(agreed with { Left = agreed.Left - 1 }).Emit(new Rung(agreed.Left));
            return agreed.Left > 1 ? rung.Wake(this, facts.Now) : rung;
        }
    }

    public readonly record struct Note(Signed<Said> Said) : IClause<Reminder>
    {
        public Signers MustSign(Reminder agreed, Facts facts) => Signers.All(agreed.Keeper);

        public Outcome<Reminder> Decide(Reminder agreed, Facts facts) => facts.Accept(agreed with { Left = Said.Statement.What });
    }

    public readonly record struct Rung(ulong Left) : IEvent;

    public static readonly Contract<Reminder> Contents = new Contract<Reminder>(code: 900, version: 1, Codecs.Reminder.State)
        .Opens(1, Codecs.Reminder.Begin).FallsDue(2, Codecs.Reminder.Ring).Does(3, Codecs.Reminder.Note).Tells(1, Codecs.Reminder.Rung);
}
