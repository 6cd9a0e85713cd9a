using Keten.Kernel;

namespace Keten.Tests.Codecs.Samples;

/// <summary>Which way.</summary>
public enum Side
{
    Buy = 1,
    Sell = 2,
    Swap = 40,
}

public enum Wide : ulong
{
    None = 0,
    Huge = ulong.MaxValue,
}

/// <summary>A record beside the contracts, of which both are made.</summary>
/// <param name="Who">The <see cref="Kernel.Party"/> that it names.</param>
/// <param name="Side">Buying or selling.</param>
public readonly record struct Leg(Party Who, Side Side);

/// <summary>
/// A sample: every kind of field, e.g. the <see cref="Leg"/> of <see cref="Many{T}.Contains(T)"/>. What follows is not said.
/// </summary>
/// <param name="Keeper">Who keeps it; see <paramref name="Level"/>.</param>
/// <param name="Level">How high.</param>
/// <param name="Price">So much for so much.</param>
/// <param name="Mandate">What may be collected.</param>
public sealed record Sample(Party Keeper, ulong Level, Price Price, Mandate Mandate) : IReadBy
{
    public static readonly Records<Place, Numbers> Places = new(1);
    public static readonly Records<RowKey, Numbers> Rows = new(2);
    public static readonly Records<Side, Numbers> Sides = new(3);
    public static readonly Records<Hash, Numbers> Hashes = new(4);

    public Readers MayRead(Facts facts) => Readers.Everyone;

    public enum Small : byte
    {
        A = 0,
        B = 200,
    }

    public readonly record struct Place(bool Up, short Short, int Int, long Long, Side Side, Small Small,
        Unit Unit, Agreement<Sample> For, Instant At, Reference Ref);

    public readonly record struct RowKey(byte Byte, ushort UShort, uint UInt, ulong ULong, Party Party, KeyId Key);

    public readonly record struct OneKey(Hash Hash, Wide Wide);

    public static readonly Records<OneKey, Numbers> Ones = new(5);

    public readonly record struct Numbers(bool Flag, byte U8, ushort U16, uint U32, ulong U64, short I16, int I32, long I64, Wide Wide);

    public readonly record struct Words(string Text, string? Maybe, Many<string> List, int @class);

    public readonly record struct Values(
        Hash Hash, Party Party, KeyId KeyId, PublicKey PublicKey, Signature Signature, Unit Unit, Amount Amount, Instant Instant, Rate Rate, Price Price,
        Reference Reference, Owner Owner, Agreement<Sample> Agreement, Side Side, Proof Proof);

    public readonly record struct Perhaps(
        Hash? Hash, Party? Party, KeyId? KeyId, PublicKey? PublicKey, Signature? Signature, Unit? Unit, Amount? Amount, Instant? Instant, Rate? Rate,
        Price? Price, Reference? Reference, Owner? Owner, Agreement<Sample>? Agreement, Side? Side, int? Number, bool? Flag, Leg? Leg, Note? Note,
        Many<Leg>? Legs, Signed<Leg>? Signed, Proof? Proof);

    public sealed record Lists(
        Many<bool> Flags, Many<Party> Parties, Many<Owner> Owners, Many<Amount> Amounts, Many<Side> Sides, Many<Leg> Legs, Many<Note> Notes,
        Many<Signed<Leg>> Signed, Many<Agreement<Other>> Others, Many<long> Longs);

    /// <summary>A note.</summary>
    public sealed record Note(string Text, Leg? Leg);

    /// <summary>Opens it.</summary>
    public sealed record Agree(Party Keeper, Party? Helper, Leg Leg, Mandate Mandate) : IOpening<Sample>
    {
        public Signers MustSign(Facts facts) => throw new NotSupportedException();

        public Outcome<Sample> Decide(Facts facts) => throw new NotSupportedException();
    }

    public sealed record AgreeAgain(Party Keeper) : IOpening<Sample>
    {
        public Signers MustSign(Facts facts) => throw new NotSupportedException();

        public Outcome<Sample> Decide(Facts facts) => throw new NotSupportedException();
    }

    /// <summary>Charges a reading.</summary>
    /// <param name="Reading">What the meter signed.</param>
    /// <param name="Side">Buying or selling.</param>
    public readonly record struct Charge(Signed<Reading> Reading, Side Side) : IClause<Sample>
    {
        public Signers MustSign(Sample agreed, Facts facts) => throw new NotSupportedException();

        public Outcome<Sample> Decide(Sample agreed, Facts facts) => throw new NotSupportedException();
    }

    public readonly record struct Reading(Agreement<Sample> For, Amount Energy, Party By);

    public readonly record struct Ended : IEvent;

    private readonly record struct Hidden(float NotOnTheWire);
}

/// <summary>Another contract, made of records of the first.</summary>
public sealed record Other(Sample.Note? Note, Leg Leg, Other.Terms Agreed)
{
    public readonly record struct Terms(Agreement<Sample> Sample, Sample.Reading Last, Sample.RowKey Row);

    public sealed record Start(Terms Terms) : IOpening<Other>
    {
        public Signers MustSign(Facts facts) => throw new NotSupportedException();

        public Outcome<Other> Decide(Facts facts) => throw new NotSupportedException();
    }
}

internal static class Calls
{
    internal readonly record struct Transfer(Owner From, Owner To, Amount Amount) : ICall
    {
        Signers ICall.MustSign(Desk desk) => Signers.Anyone;

        KernelRefusal? ICall.Do(Desk desk) => null;
    }

    internal readonly record struct Nothing : ICall
    {
        Signers ICall.MustSign(Desk desk) => Signers.Anyone;

        KernelRefusal? ICall.Do(Desk desk) => null;
    }
}
