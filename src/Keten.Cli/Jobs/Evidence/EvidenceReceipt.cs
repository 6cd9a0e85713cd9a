using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Cli.Jobs;

/// <summary>A receipt of a bundle: one call of its transaction, read, and what that call did. Whether the receipt holds is checked apart.</summary>
internal sealed record EvidenceReceipt<TArguments>(Receipt Receipt, Call Call, TArguments Arguments, OutcomeLeaf Outcome)
{
    /// <summary>What the call told.</summary>
    /// <exception cref="BrokenLinkException">It did not.</exception>
    public TEvent Told<TEvent>(Contract contract) where TEvent : struct, IEvent
    {
        try
        {
            return ChargingNetwork.Told<TEvent>(contract, Outcome);
        }
        catch (Exception fault) when (fault is MalformedException or InvalidOperationException)
        {
            throw new BrokenLinkException("The outcome does not tell what it should.", fault);
        }
    }
}

internal static class EvidenceReceipt
{
    /// <summary>The first call of a clause, in a receipt that shows what it did.</summary>
    /// <param name="bytes">The receipt.</param>
    /// <param name="contract">The clause's.</param>
    /// <param name="which">Of several in one transaction, which; null: the first.</param>
    /// <param name="under">Under which agreement; null: any.</param>
    public static EvidenceReceipt<TClause> Of<T, TClause>(byte[] bytes, Contract<T> contract, Predicate<TClause>? which = null, ulong? under = null) where T : class where TClause : notnull
    {
        var codec = (Codec<TClause>)contract.ClauseOf<TClause>().ArgumentsCodec;
        return Find(bytes, contract, which, under) ?? throw new BrokenLinkException($"The receipt shows no such {codec.Name}.");
    }

    /// <summary>The same; null where the receipt shows no such call.</summary>
    public static EvidenceReceipt<TClause>? Find<T, TClause>(byte[] bytes, Contract<T> contract, Predicate<TClause>? which = null, ulong? under = null) where T : class where TClause : notnull
    {
        var clause = contract.ClauseOf<TClause>();
        return Find(bytes, (Codec<TClause>)clause.ArgumentsCodec, clause.Kind == ClauseKind.Opening ? contract.Code : null, clause.Number, which, under);
    }

    /// <summary>The first call of one of the ledger's own kinds.</summary>
    public static EvidenceReceipt<TCall> Of<TCall>(byte[] bytes, Codec<TCall> codec, ushort contract) where TCall : notnull =>
        Find(bytes, codec, contract, KernelContents.Of<TCall>().Number) ?? throw new BrokenLinkException($"The receipt shows no such {codec.Name}.");

    /// <exception cref="BrokenLinkException">It is not a genesis.</exception>
    public static Genesis GenesisOf(byte[] bytes)
    {
        try
        {
            return Genesis.FromBytes(bytes);
        }
        catch (MalformedException fault)
        {
            throw new BrokenLinkException("The genesis cannot be read.", fault);
        }
    }

    // An opening and a call of the ledger's own say their contract; a call on an agreement does not.
    private static EvidenceReceipt<TArguments>? Find<TArguments>(byte[] bytes, Codec<TArguments> codec, ushort? contract, ushort clause, Predicate<TArguments>? which = null, ulong? under = null)
        where TArguments : notnull
    {
        try
        {
            var receipt = Receipt.FromBytes(bytes);
            foreach (var evidence in receipt.Outcomes)
            {
                var outcome = OutcomeLeaf.Read(evidence.Leaf);
                if (outcome.Index >= (ulong)receipt.Transaction.Calls.Length) continue;
                var call = receipt.Transaction.Calls[(int)outcome.Index];
                if (under is { } agreement && outcome.Agreement != agreement) continue;
                if (call.Clause != clause || (contract is { } code ? !call.Opens || call.Contract != code : call.Opens)) continue;
                if (outcome.Code != 0) throw new BrokenLinkException($"The receipt shows a {codec.Name} that was refused.");
                var arguments = codec.FromBytes(call.Arguments);
                if (which?.Invoke(arguments) != false) return new EvidenceReceipt<TArguments>(receipt, call, arguments, outcome);
            }
            return null;
        }
        catch (Exception fault) when (fault is MalformedException or ArgumentException)
        {
            throw new BrokenLinkException($"The receipt of {codec.Name} cannot be read.", fault);
        }
    }
}

/// <summary>Checking a statement's signature without a ledger.</summary>
internal static class StatementEvidence
{
    public static bool Verifies(this in Signed<Contracts.Metering.MeteredUse.Usage> signed, in Hash ledger, in PublicKey key)
    {
        var codec = UsageCodec();
        Span<byte> digest = stackalloc byte[Hash.Size];
        StatementSigning.Digest(ledger, signed.Key, codec.Name, codec.ToBytes(signed.Statement), digest);
        return Es256.Verify(digest, signed.Signature, key);
    }

    /// <summary>How a meter's statement is written: the clause that carries it says so.</summary>
    public static Codec<Contracts.Metering.MeteredUse.Usage> UsageCodec()
    {
        foreach (var field in Contracts.Metering.MeteredUse.Contents.ClauseOf<Contracts.Metering.MeteredUse.Charge>().ArgumentsCodec.Fields)
            if (field.Of is Codec<Contracts.Metering.MeteredUse.Usage> codec) return codec;
        throw new InvalidOperationException("A charge carries a statement.");
    }
}
