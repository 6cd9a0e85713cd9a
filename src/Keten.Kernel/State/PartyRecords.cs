using Keten.Kernel.Cbor;

namespace Keten.Kernel.State;

/// <summary>What a key may do for its party.</summary>
public enum KeyRole
{
    /// <summary>Signs as the party itself.</summary>
    Own = 0,

    /// <summary>Signs within a <see cref="Delegation"/>.</summary>
    Delegate = 1,

    /// <summary>Once was a key of the party, and belongs to nobody else for ever.</summary>
    Retired = 2,
}

/// <summary>Whose key it is. A key belongs to one party, once, for ever.</summary>
/// <param name="Party">Whose.</param>
/// <param name="Key">The key.</param>
/// <param name="Role">What it may do.</param>
public sealed record KeyRecord(Party Party, PublicKey Key, KeyRole Role)
{
    internal static void Write(CborWriter writer, in KeyRecord record)
    {
        writer.Array(3);
        writer.Party(record.Party);
        record.Key.Write(writer);
        writer.Unsigned((ulong)record.Role);
    }

    internal static KeyRecord Read(ref CborReader reader)
    {
        reader.ArrayOf(3);
        return new KeyRecord(reader.Party(), PublicKey.Read(ref reader), (KeyRole)reader.Unsigned((ulong)KeyRole.Retired));
    }
}

/// <summary>A party: its keys and who guards them.</summary>
/// <param name="Keys">Its own current keys, oldest first.</param>
/// <param name="Delegates">The keys of its delegates.</param>
/// <param name="Guardianship">Who together can replace a lost key, if anybody.</param>
/// <param name="Recovery">A recovery that is pending, if one is.</param>
/// <param name="Pending">A change of guardians or a delegation that waits out the guardians' delay, if one does.</param>
public sealed record PartyRecord(Many<KeyId> Keys, Many<KeyId> Delegates, Guardianship? Guardianship, Recovery? Recovery, PendingChange? Pending)
{
    /// <summary>No party has more keys of its own.</summary>
    public const int KeysAtMost = 16;

    /// <summary>No party has more delegates.</summary>
    public const int DelegatesAtMost = 256;

    internal static PartyRecord New(KeyId first) => new(new Many<KeyId>(first), default, null, null, null);

    internal static void Write(CborWriter writer, in PartyRecord record)
    {
        writer.Array(5);
        Forms.Write(writer, record.Keys);
        Forms.Write(writer, record.Delegates);
        if (record.Guardianship is { } guardianship) Guardianship.Write(writer, guardianship);
        else writer.Null();
        if (record.Recovery is { } recovery) Recovery.Write(writer, recovery);
        else writer.Null();
        if (record.Pending is { } pending) PendingChange.Write(writer, pending);
        else writer.Null();
    }

    internal static PartyRecord Read(ref CborReader reader)
    {
        reader.ArrayOf(5);
        return new PartyRecord(
            Forms.ReadKeys(ref reader, KeysAtMost), Forms.ReadKeys(ref reader, DelegatesAtMost),
            reader.TryNull() ? null : Guardianship.Read(ref reader), reader.TryNull() ? null : Recovery.Read(ref reader), reader.TryNull() ? null : PendingChange.Read(ref reader));
    }
}

/// <summary>Who together can replace a lost key, and how long the owner has to stop it.</summary>
/// <param name="Guardians">Other parties.</param>
/// <param name="Needed">How many of them.</param>
/// <param name="DelaySeconds">From asking to having; changes of guardians and delegates wait as long.</param>
/// <param name="EmergencyPerDay">What may still leave in a day while a recovery is pending; units not listed: nothing.</param>
public sealed record Guardianship(Many<Party> Guardians, byte Needed, long DelaySeconds, Many<Amount> EmergencyPerDay)
{
    internal static void Write(CborWriter writer, in Guardianship value)
    {
        writer.Array(4);
        Forms.Write(writer, value.Guardians);
        writer.Unsigned(value.Needed);
        writer.Integer(value.DelaySeconds);
        Forms.Write(writer, value.EmergencyPerDay);
    }

    internal static Guardianship Read(ref CborReader reader)
    {
        reader.ArrayOf(4);
        return new Guardianship(Forms.ReadParties(ref reader, 16), (byte)reader.Unsigned(16), reader.Integer(0, Instant.Last.Seconds), Forms.ReadAmounts(ref reader));
    }
}

/// <summary>A lost key that is being replaced.</summary>
/// <param name="NewKey">The key that takes over.</param>
/// <param name="At">When.</param>
/// <param name="Stoppable">Whether the owner can still stop it, once, for one delay: not where all guardians asked together.</param>
public sealed record Recovery(PublicKey NewKey, Instant At, bool Stoppable)
{
    internal static void Write(CborWriter writer, in Recovery value)
    {
        writer.Array(3);
        value.NewKey.Write(writer);
        writer.Integer(value.At.Seconds);
        writer.Boolean(value.Stoppable);
    }

    internal static Recovery Read(ref CborReader reader)
    {
        reader.ArrayOf(3);
        return new Recovery(PublicKey.Read(ref reader), Wire.ReadInstant(ref reader), reader.Boolean());
    }
}

/// <summary>A change that waits out the guardians' delay.</summary>
/// <param name="At">When it takes effect.</param>
/// <param name="Guardianship">The new guardians; or, where <paramref name="Delegate"/> is set, none.</param>
/// <param name="Delegate">The new delegate's key, if the change is a delegation.</param>
/// <param name="Delegation">What it may do.</param>
public sealed record PendingChange(Instant At, Guardianship? Guardianship, PublicKey? Delegate, Delegation? Delegation)
{
    internal static void Write(CborWriter writer, in PendingChange value)
    {
        writer.Array(4);
        writer.Integer(value.At.Seconds);
        if (value.Guardianship is { } guardianship) Kernel.State.Guardianship.Write(writer, guardianship);
        else writer.Null();
        if (value.Delegate is { } key) key.Write(writer);
        else writer.Null();
        if (value.Delegation is { } delegation) Kernel.State.Delegation.Write(writer, delegation);
        else writer.Null();
    }

    internal static PendingChange Read(ref CborReader reader)
    {
        reader.ArrayOf(4);
        return new PendingChange(
            Wire.ReadInstant(ref reader), reader.TryNull() ? null : Kernel.State.Guardianship.Read(ref reader),
            reader.TryNull() ? null : PublicKey.Read(ref reader), reader.TryNull() ? null : Kernel.State.Delegation.Read(ref reader));
    }
}

/// <summary>What a delegate's key may do: only these clauses, up to these limits.</summary>
/// <param name="Scopes">Contracts or single clauses.</param>
/// <param name="Limits">By unit; a unit that is not listed: nothing.</param>
/// <param name="Until">From then on, nothing.</param>
public sealed record Delegation(Many<Scope> Scopes, Many<SpendingLimit> Limits, Instant Until)
{
    internal bool Covers(ushort contract, ushort clause)
    {
        foreach (var scope in Scopes)
            if (scope.Contract == contract && (scope.Clause == 0 || scope.Clause == clause)) return true;
        return false;
    }

    internal static void Write(CborWriter writer, in Delegation value)
    {
        writer.Array(3);
        writer.Array(value.Scopes.Count);
        foreach (var scope in value.Scopes)
        {
            writer.Array(2);
            writer.Unsigned(scope.Contract);
            writer.Unsigned(scope.Clause);
        }
        writer.Array(value.Limits.Count);
        foreach (var limit in value.Limits)
        {
            writer.Array(2);
            writer.Amount(limit.Each);
            writer.Amount(limit.PerDay);
        }
        writer.Integer(value.Until.Seconds);
    }

    internal static Delegation Read(ref CborReader reader)
    {
        reader.ArrayOf(3);
        var scopes = new Scope[reader.Array(32)];
        for (var each = 0; each < scopes.Length; each++)
        {
            reader.ArrayOf(2);
            scopes[each] = new Scope((ushort)reader.Unsigned(ushort.MaxValue), (ushort)reader.Unsigned(ushort.MaxValue));
        }
        var limits = new SpendingLimit[reader.Array(32)];
        for (var each = 0; each < limits.Length; each++)
        {
            reader.ArrayOf(2);
            limits[each] = new SpendingLimit(reader.Amount(), reader.Amount());
        }
        return new Delegation(new Many<Scope>(scopes), new Many<SpendingLimit>(limits), Wire.ReadInstant(ref reader));
    }
}

/// <summary>A contract, or one clause of it.</summary>
/// <param name="Contract">Its code; 0 is the kernel's, of whose calls only the transfer can be delegated.</param>
/// <param name="Clause">The clause's number; 0 for every one.</param>
public readonly record struct Scope(ushort Contract, ushort Clause);

/// <summary>How much a delegate may spend of a unit.</summary>
/// <param name="Each">In one transaction.</param>
/// <param name="PerDay">In one UTC day of ledger time, gross; the same unit.</param>
public readonly record struct SpendingLimit(Amount Each, Amount PerDay);
