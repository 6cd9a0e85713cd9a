using Keten.Kernel.Cbor;

namespace Keten.Kernel;

/// <summary>
/// Collects the signers and calls of a transaction, then signs it, or gives the payload for signers elsewhere. Its limits are those of <see cref="Transaction"/>; going over
/// one is an <see cref="InvalidOperationException"/>. Not for use by two threads at once.
/// </summary>
public sealed class TransactionBuilder(Hash ledger, Instant expiry)
{
    private readonly List<SignerSlot> signers = [];
    private readonly List<Draft> calls = [];

    /// <summary>Adds a signer with a counter that it has not used in this lane. Signers are put in order by the builder.</summary>
    public TransactionBuilder By(KeyId key, ulong counter, byte lane = 0)
    {
        if (lane >= SignerSlot.Lanes) throw new ArgumentOutOfRangeException(nameof(lane));
        var at = signers.Count;
        while (at > 0 && key <= signers[at - 1].Key) at--;
        if (at < signers.Count && signers[at].Key == key) throw new InvalidOperationException("A key signs a transaction once.");
        if (signers.Count == Transaction.SignersAtMost) throw new InvalidOperationException("A transaction has at most 16 signers.");
        signers.Insert(at, new SignerSlot(key, lane, counter));
        return this;
    }

    /// <summary>Adds a call on an agreement.</summary>
    /// <param name="agreement">Its number, from 1.</param>
    /// <param name="clause">The clause's number in its contract.</param>
    /// <param name="arguments">One canonical CBOR item.</param>
    /// <exception cref="MalformedException">The arguments are not.</exception>
    public TransactionBuilder Call(ulong agreement, ushort clause, ReadOnlySpan<byte> arguments) =>
        Add(agreement is > 0 and <= long.MaxValue ? (long)agreement : throw new ArgumentOutOfRangeException(nameof(agreement)), clause, arguments);

    /// <summary>Adds a call on an agreement.</summary>
    public TransactionBuilder Call<T>(ulong agreement, ushort clause, Codec<T> codec, in T arguments) where T : notnull =>
        Call(agreement, clause, codec.ToBytes(arguments));

    /// <summary>Adds the opening of a contract by its code, or one of the ledger's own calls, code 0.</summary>
    /// <param name="contract">The contract's code.</param>
    /// <param name="clause">The opening's number in it.</param>
    /// <param name="arguments">One canonical CBOR item.</param>
    /// <exception cref="MalformedException">The arguments are not.</exception>
    public TransactionBuilder Open(ushort contract, ushort clause, ReadOnlySpan<byte> arguments) => Add(~(long)contract, clause, arguments);

    /// <summary>Adds the opening of a contract.</summary>
    public TransactionBuilder Open<T>(ushort contract, ushort clause, Codec<T> codec, in T arguments) where T : notnull =>
        Open(contract, clause, codec.ToBytes(arguments));

    /// <summary>Lets the call added last take at most so much from the accounts of a signer, who is named by <see cref="By"/> before or after.</summary>
    public TransactionBuilder AtMost(KeyId signer, Amount most)
    {
        if (calls.Count == 0) throw new InvalidOperationException("A cap is for the call before it.");
        if (most.Unit.IsNone || most.Minor is <= 0 or > Amount.Limit) throw new ArgumentOutOfRangeException(nameof(most));
        var caps = calls[^1].Caps;
        var at = caps.Count;
        while (at > 0 && (signer, most.Unit.Number).CompareTo((caps[at - 1].Signer, caps[at - 1].Most.Unit.Number)) <= 0) at--;
        if (at < caps.Count && caps[at].Signer == signer && caps[at].Most.Unit == most.Unit)
            throw new InvalidOperationException("A call has one cap for a signer and unit.");
        if (caps.Count == Caps.AtMost) throw new InvalidOperationException("A call has at most 256 caps.");
        caps.Insert(at, (signer, most));
        return this;
    }

    /// <summary>The payload: what every signer signs, each with the digest that <see cref="SigningDigest"/> gives.</summary>
    /// <exception cref="InvalidOperationException">There is no signer or no call, or a cap names a key that does not sign.</exception>
    public byte[] Payload()
    {
        if (signers.Count == 0 || calls.Count == 0) throw new InvalidOperationException("A transaction has one signer and one call at least.");
        var writer = new CborWriter();
        writer.Array(4);
        writer.Hash(ledger);
        Wire.Write(writer, expiry);
        writer.Array(signers.Count);
        foreach (var signer in signers)
        {
            writer.Array(3);
            writer.KeyId(signer.Key);
            writer.Unsigned(signer.Lane);
            writer.Unsigned(signer.Counter);
        }
        writer.Array(calls.Count);
        foreach (var call in calls) Write(writer, call);
        return writer.ToArray();
    }

    /// <summary>Signs with exactly the signers named by <see cref="By"/>, in any order; the COSE form.</summary>
    /// <exception cref="InvalidOperationException">The signers are not those that were named, or the transaction is longer than 1 MiB.</exception>
    public byte[] Sign(params ReadOnlySpan<Signer> by)
    {
        var payload = Payload();
        if (by.Length != signers.Count) throw new InvalidOperationException("The signers are not those that the transaction names.");
        var signatures = new Signature[by.Length];
        Span<byte> digest = stackalloc byte[Hash.Size];
        foreach (var signer in by)
        {
            SigningDigest(payload, signers.Count, signer.Id, digest);
            signatures[PlaceOf(signer.Id)] = signer.Sign(digest);
        }
        return Assemble(payload, signatures);
    }

    /// <summary>The COSE form of a payload that was signed elsewhere, signatures in the order of its signers' key ids.</summary>
    /// <exception cref="InvalidOperationException">There are not so many signatures as signers, or the transaction is longer than 1 MiB.</exception>
    public byte[] Assemble(ReadOnlySpan<byte> payload, ReadOnlySpan<Signature> signatures)
    {
        if (signatures.Length != signers.Count) throw new InvalidOperationException("There are not so many signatures as signers.");
        var bytes = new byte[signatures.Length * Signature.Size];
        for (var i = 0; i < signatures.Length; i++) signatures[i].CopyTo(bytes.AsSpan(i * Signature.Size));
        var cose = CoseForm.Assemble(payload, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(signers), bytes);
        return cose.Length <= Transaction.BytesAtMost ? cose : throw new InvalidOperationException("A transaction is at most 1 MiB.");
    }

    /// <summary>The digest that one of so many signers signs, into 32 bytes.</summary>
    public static void SigningDigest(ReadOnlySpan<byte> payload, int signers, KeyId key, Span<byte> digest) => CoseForm.Digest(payload, signers, key, digest);

    private TransactionBuilder Add(long target, ushort clause, ReadOnlySpan<byte> arguments)
    {
        CborReader.Check(arguments);
        if (arguments.Length > Transaction.ArgumentsAtMost) throw new InvalidOperationException("A call's arguments are at most 64 KiB.");
        if (calls.Count == Transaction.CallsAtMost) throw new InvalidOperationException("A transaction makes at most 10,000 calls.");
        calls.Add(new Draft(target, clause, arguments.ToArray(), []));
        return this;
    }

    private void Write(CborWriter writer, Draft call)
    {
        writer.Array(call.Caps.Count == 0 ? 3 : 4);
        writer.Integer(call.Target);
        writer.Unsigned(call.Clause);
        writer.Raw(call.Arguments);
        if (call.Caps.Count == 0) return;
        writer.Array(call.Caps.Count);
        foreach (var (signer, most) in call.Caps) Caps.Write(writer, new Cap(PlaceOf(signer), most.Unit, most.Minor));
    }

    private int PlaceOf(KeyId key)
    {
        for (var i = 0; i < signers.Count; i++)
            if (signers[i].Key == key) return i;
        throw new InvalidOperationException("A key is named that does not sign the transaction.");
    }

    private readonly record struct Draft(long Target, ushort Clause, byte[] Arguments, List<(KeyId Signer, Amount Most)> Caps);
}
