using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Kernel;

/// <summary>
/// What somebody brings from another ledger: how it began, how its validators changed, or what its records are. Bytes of which nothing is believed until <see cref="Facts.Begun"/>,
/// <see cref="Facts.Follow"/> or <see cref="Facts.See"/> has seen that they hold. The default value is empty, and shows nothing.
/// </summary>
public readonly struct Proof : IEquatable<Proof>
{
    /// <summary>No proof is longer, in bytes.</summary>
    public const int AtMost = 1 << 16;

    /// <summary>No proof shows more records.</summary>
    public const int RecordsAtMost = 4;

    private readonly byte[]? bytes;

    /// <summary>Copies the bytes.</summary>
    /// <exception cref="ArgumentException">There are more than <see cref="AtMost"/>.</exception>
    public Proof(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > AtMost) throw new ArgumentException("A proof is at most 64 KiB.", nameof(bytes));
        this.bytes = bytes.IsEmpty ? null : bytes.ToArray();
    }

    /// <summary>The bytes in place.</summary>
    public ReadOnlySpan<byte> AsSpan() => bytes;

    /// <summary>How a ledger began: its genesis as it is.</summary>
    public static Proof Of(Genesis genesis) => new(genesis.ToBytes());

    /// <summary>How a ledger's validators changed, from those that were known: [validators, [[certificate, validators] …]].</summary>
    /// <exception cref="ArgumentException">It would be longer than <see cref="AtMost"/>: bring fewer, and the others after them.</exception>
    public static Proof Of(ValidatorSet known, IReadOnlyList<SetChange> changes)
    {
        var writer = Begin(known);
        SetChange.Write(writer, changes);
        return new Proof(writer.Written);
    }

    /// <summary>What records of a ledger are, all under one certificate, and by whom it is: [validators, [evidence …]].</summary>
    /// <exception cref="ArgumentException">It would be longer than <see cref="AtMost"/>.</exception>
    public static Proof Of(ValidatorSet known, params ReadOnlySpan<StateEvidence> evidence)
    {
        var writer = Begin(known);
        writer.Array(evidence.Length);
        foreach (var one in evidence) writer.Bytes(one.ToBytes());
        return new Proof(writer.Written);
    }

    /// <summary>The same bytes.</summary>
    public bool Equals(Proof other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Proof other && Equals(other);

    /// <summary>Of the length alone: for look-up only, and the same in every process.</summary>
    public override int GetHashCode() => AsSpan().Length;

    /// <summary>The same bytes.</summary>
    public static bool operator ==(Proof left, Proof right) => left.Equals(right);

    /// <summary>Other bytes.</summary>
    public static bool operator !=(Proof left, Proof right) => !left.Equals(right);

    private static CborWriter Begin(ValidatorSet known)
    {
        var writer = new CborWriter(4_096);
        writer.Array(2);
        known.Write(writer);
        return writer;
    }
}
