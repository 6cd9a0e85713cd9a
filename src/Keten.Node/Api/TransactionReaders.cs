using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Pipeline;

namespace Keten.Node.Api;

/// <summary>
/// Who may read a transaction whole: who signed it; and others where each of its calls is for them: on an agreement that they read, or one that moved something of theirs
/// alone with who signed; validators, what they vote on. Somebody who may see one call of a batch does not see the others' so.
/// </summary>
internal static class TransactionReaders
{
    public static bool May(Reader reader, Receipt receipt, LedgerNode node)
    {
        if (reader.Open) return true;
        if (reader.Party.IsNone) return false;
        foreach (var signer in receipt.Transaction.Signers)
        {
            var key = signer.Key;
            if (node.Read(ledger => ledger.State.KeyOf(key))?.Party == reader.Party) return true;
        }
        var outcomes = new Dictionary<ulong, OutcomeLeaf>();
        foreach (var outcome in receipt.Outcomes)
            if (OutcomeLeaf.Read(outcome.Leaf) is var leaf) outcomes[leaf.Index] = leaf;
        var judged = new Dictionary<ulong, bool>();
        for (var each = 0; each < receipt.Transaction.Calls.Length; each++)
            if (!May(reader, receipt.Transaction.Calls[each], outcomes.GetValueOrDefault((ulong)each), judged, node)) return false;
        return true;
    }

    private static bool May(Reader reader, Call call, OutcomeLeaf? outcome, Dictionary<ulong, bool> judged, LedgerNode node)
    {
        if (call.IsKernel)
        {
            foreach (var posting in outcome?.Postings ?? [])
                if (posting.Account.Owner.Party == reader.Party) return true;
            // Proposals, votes and new keys of nodes are for all validators.
            return KernelContents.IsOfVotes(call.Clause) && node.Read(ledger => ledger.ReadersOfVotes().Allows(reader.Party));
        }
        var agreement = call.Opens ? outcome?.Agreement ?? 0 : call.Agreement;
        if (agreement == 0) return false;
        if (!judged.TryGetValue(agreement, out var may)) judged.Add(agreement, may = node.Read(ledger => ledger.ReadersOf(agreement)) is { } readers && reader.May(readers));
        return may;
    }
}
