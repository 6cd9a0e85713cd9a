using Keten.Kernel.Cbor;
using Keten.Kernel.Cose;
using Keten.Kernel.State;

namespace Keten.Kernel.Blocks;

/// <summary>
/// One validator's signed promise that a transaction is in the order, or will be before it expires: the answer «accepted». It is no finality. With a proof that the transaction was never
/// decided, of a time when it had expired, it is evidence against the validator: see <see cref="WasBroken"/>.
/// </summary>
/// <param name="Validator">Who promises.</param>
/// <param name="LedgerId">For which ledger.</param>
/// <param name="Transaction">Which transaction, by its id.</param>
/// <param name="Expiry">Until when; the transaction's.</param>
/// <param name="Signature">COSE_Sign1, protected {1: -7, 4: key id}.</param>
public readonly record struct Acceptance(KeyId Validator, Hash LedgerId, Hash Transaction, Instant Expiry, Signature Signature)
{
    /// <summary>No promise is longer.</summary>
    public const int BytesAtMost = 256;

    /// <summary>Signs one.</summary>
    public static Acceptance Sign(Signer validator, Transaction transaction)
    {
        var promise = new Acceptance(validator.Id, transaction.LedgerId, transaction.Id, transaction.Expiry, default);
        Span<byte> digest = stackalloc byte[Hash.Size];
        SigStructure.DigestSign1(CoseSignature.HeadersOf(validator.Id), default, promise.Payload(), digest);
        return promise with { Signature = validator.Sign(digest) };
    }

    /// <summary>Whether it is the promise of one of these validators.</summary>
    public bool Verify(ValidatorSet validators)
    {
        if (validators.Find(Validator) is not { } key) return false;
        Span<byte> digest = stackalloc byte[Hash.Size];
        SigStructure.DigestSign1(CoseSignature.HeadersOf(Validator), default, Payload(), digest);
        return Es256.Verify(digest, Signature, key);
    }

    /// <summary>Whether it is the promise of one who was a validator of its ledger at some time that is known.</summary>
    public bool Verify(ValidatorHistory validators)
    {
        if (LedgerId != validators.LedgerId) return false;
        foreach (var set in validators.Sets)
            if (Verify(set)) return true;
        return false;
    }

    /// <summary>
    /// Whether the promise was broken: the transaction had expired, and a counter of its was still unused, by proofs under certified headers. A counter is used up whatever is decided. It
    /// stays possible that the validator did append it and it was void for another reason than its time, such as a key that was retired meanwhile.
    /// </summary>
    /// <param name="genesis">Of the ledger.</param>
    /// <param name="transaction">The promised one.</param>
    /// <param name="clock">Ledger time, as evidence of the record <see cref="RecordKeys.Clock"/>.</param>
    /// <param name="window">The counters of a lane of a signer of the transaction, as evidence of <see cref="RecordKeys.Window"/> of the same moment or a later one.</param>
    public bool WasBroken(Genesis genesis, Transaction transaction, StateEvidence clock, StateEvidence window)
    {
        var validators = new ValidatorHistory(genesis);
        if (!validators.Take(window.Changes) || !Verify(validators) || transaction.Id != Transaction || transaction.LedgerId != LedgerId || transaction.Expiry != Expiry) return false;
        if (!clock.Verify(genesis) || !window.Verify(genesis) || window.Certificate.Header.StateHeight < clock.Certificate.Header.StateHeight) return false;
        if (clock.Value is null || !clock.Key.AsSpan().SequenceEqual(RecordKeys.Clock())) return false;
        var time = new CborReader(clock.Value);
        if (Wire.ReadInstant(ref time) < Expiry) return false;
        foreach (var slot in transaction.Signers)
        {
            if (!window.Key.AsSpan().SequenceEqual(RecordKeys.Window(slot.Key, slot.Lane))) continue;
            if (window.Value is null) return true;
            var reader = new CborReader(window.Value);
            return !Window.Read(ref reader).Has(slot.Counter);
        }
        return false;
    }

    /// <summary>A tagged COSE_Sign1 with the payload ["accepted", ledger, id, expiry].</summary>
    public byte[] ToBytes()
    {
        var writer = new CborWriter(BytesAtMost);
        writer.Tag(18);
        writer.Array(4);
        writer.Bytes(CoseSignature.HeadersOf(Validator));
        writer.Map(0);
        writer.Bytes(Payload());
        Signature.Write(writer);
        return writer.ToArray();
    }

    /// <summary>Reads the one form; whether the signature verifies is for <see cref="Verify(ValidatorHistory)"/>.</summary>
    /// <exception cref="MalformedException">It is not.</exception>
    public static Acceptance FromBytes(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > BytesAtMost || Entry.ReadEnvelope(bytes) is not { } envelope) throw new MalformedException("This is no promise.");
        var reader = new CborReader(envelope.Payload.Span);
        reader.ArrayOf(4);
        if (reader.Text(16) != "accepted") throw reader.Fault("This is no promise.");
        var promise = new Acceptance(envelope.Validator, reader.Hash(), reader.Hash(), Wire.ReadInstant(ref reader), new Signature(envelope.Signature.Span));
        reader.End();
        return promise;
    }

    private byte[] Payload()
    {
        var writer = new CborWriter(96);
        writer.Array(4);
        writer.Text("accepted");
        writer.Hash(LedgerId);
        writer.Hash(Transaction);
        Wire.Write(writer, Expiry);
        return writer.ToArray();
    }
}
