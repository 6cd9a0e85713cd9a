using Keten.Kernel.Cbor;
using Keten.Kernel.State;

namespace Keten.Kernel.Execution;

/// <summary>Checks what a call refers to against the ledger: agreements by their contract, statements by the key of a party.</summary>
internal sealed class References(Hash ledgerId, LedgerState ledger, KeyCache keys) : IReferences
{
    /// <summary>Statements of the transaction at hand that were verified ahead of the order.</summary>
    public CheckedTransaction? Checked { get; set; }

    public Party SignerOf(KeyId key, string name, ReadOnlySpan<byte> statement, ReadOnlySpan<byte> signature)
    {
        if (ledger.Keys.Get(key) is not { } record || !IsCurrent(key, record)) throw new ReferenceException("A statement's key is not a party's own current key.");
        Span<byte> digest = stackalloc byte[Hash.Size];
        StatementSigning.Digest(ledgerId, key, name, statement, digest);
        if (Checked?.HasVerified(key, new Hash(digest), new Signature(signature)) != true && keys.Get(key, record.Key)?.Verify(digest, signature) != true)
            throw new ReferenceException("A statement's signature does not verify.");
        return record.Party;
    }

    // A recovery whose delay is over counts from that moment, though the party has not been met since.
    private bool IsCurrent(KeyId key, KeyRecord record) =>
        ledger.Parties.Get(record.Party)?.Recovery is { } recovery && recovery.At <= ledger.Now ? recovery.NewKey.Id == key : record.Role == KeyRole.Own;

    public void MustBe<T>(ulong agreement) where T : class
    {
        if (ledger.Agreements.Get(agreement)?.Contract is not Contract<T>) throw new ReferenceException("A reference is to no agreement of its contract.");
    }
}
