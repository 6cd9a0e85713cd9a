using Keten.Kernel.Cbor;

namespace Keten.Kernel.Execution;

/// <summary>
/// Verifies, ahead of the order and on any thread, the statements that a transaction's calls carry, so that execution need not. What does not verify here is left for execution to refuse.
/// </summary>
public static class AheadCheck
{
    /// <summary>Whether a clause's arguments can hold a statement signed elsewhere.</summary>
    public static bool CarriesStatements(Clause clause) => clause.CarriesStatements;

    /// <summary>Verifies the statements in one call's arguments and notes those that hold.</summary>
    /// <param name="ledgerId">The ledger that they are for.</param>
    /// <param name="checked">The transaction, whose own signatures verify.</param>
    /// <param name="call">Which of its calls.</param>
    /// <param name="clause">The clause that it calls.</param>
    /// <param name="keyOf">A key that the ledger knows, imported; null for another.</param>
    public static void Statements(in Hash ledgerId, CheckedTransaction @checked, int call, Clause clause, Func<KeyId, ImportedKey?> keyOf)
    {
        try
        {
            clause.Check(@checked.Transaction.Calls[call].Arguments, new Noting(ledgerId, @checked, keyOf));
        }
        catch (Exception fault) when (fault is MalformedException or ReferenceException or InvalidOperationException or ArgumentException or OverflowException)
        {
            // Execution reads the same bytes again and refuses the call for its proper reason.
        }
    }

    private sealed class Noting(Hash ledgerId, CheckedTransaction into, Func<KeyId, ImportedKey?> keyOf) : IReferences
    {
        public Party SignerOf(KeyId key, string name, ReadOnlySpan<byte> statement, ReadOnlySpan<byte> signature)
        {
            Span<byte> digest = stackalloc byte[Hash.Size];
            StatementSigning.Digest(ledgerId, key, name, statement, digest);
            if (keyOf(key)?.Verify(digest, signature) == true) into.Verified(key, new Hash(digest), new Signature(signature));
            return Party.Of(key);
        }

        public void MustBe<T>(ulong agreement) where T : class
        {
        }
    }
}
