using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Client;

/// <summary>What one call did, in words.</summary>
/// <param name="Index">Its place in the transaction.</param>
/// <param name="Name">The contract's clause or the ledger's call; of a call on an agreement, whose contract no receipt names, the clause's number.</param>
/// <param name="Leaf">What was attested.</param>
/// <param name="Arguments">What was asked, where the form is known.</param>
/// <param name="Sentence">For people.</param>
public sealed record CallStory(ulong Index, string Name, OutcomeLeaf Leaf, JsonObject? Arguments, string Sentence);

/// <summary>What a receipt says, for people and programs. It says nothing of whether the receipt holds: check that first.</summary>
/// <param name="Receipt">Of what.</param>
/// <param name="Calls">Those that the receipt shows.</param>
public sealed record ReceiptStory(Receipt Receipt, IReadOnlyList<CallStory> Calls)
{
    /// <summary>Reads a receipt with a catalogue beside it.</summary>
    /// <exception cref="MalformedException">An outcome is not one; a receipt that holds has none such.</exception>
    public static ReceiptStory Of(Receipt receipt, Catalogue catalogue)
    {
        var calls = new List<CallStory>();
        foreach (var outcome in receipt.Outcomes)
        {
            var leaf = OutcomeLeaf.Read(outcome.Leaf);
            if (leaf.Index >= (ulong)receipt.Transaction.Calls.Length) throw new MalformedException("An outcome is of a call that the transaction does not make.");
            calls.Add(Tell(receipt.Transaction.Calls[(int)leaf.Index], leaf, catalogue));
        }
        return new ReceiptStory(receipt, calls);
    }

    /// <summary>For programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["ledger"] = Receipt.Header.LedgerId.ToString(),
        ["transaction"] = Receipt.Transaction.Id.ToString(),
        ["height"] = Receipt.Header.Height,
        ["time"] = MomentText.Write(Receipt.Header.Time),
        ["historyIndex"] = Receipt.HistoryIndex,
        ["signers"] = new JsonArray([.. Receipt.Transaction.Signers.ToArray().Select(signer => (JsonNode)signer.Key.ToString())]),
        ["attestations"] = Receipt.Certificate.Attestations.Count,
        ["calls"] = new JsonArray([.. Calls.Select(call => (JsonNode)ToJson(call))]),
    };

    private static CallStory Tell(in Call call, OutcomeLeaf leaf, Catalogue catalogue)
    {
        var (name, codec) = NameOf(call, catalogue);
        var sentence = $"Call {leaf.Index}, {name}{(leaf.Agreement == 0 ? "" : $" (agreement {leaf.Agreement})")}: "
            + (leaf.Code == 0 ? "done." : "refused. " + RefusalText.Sentence(catalogue, leaf.Code));
        foreach (var posting in leaf.Postings)
            sentence += $"\n  {posting.Account.Owner}: {posting.Change:+0;-0;0} of {posting.Account.Unit}, in smallest parts; then {posting.Balance}";
        return new CallStory(leaf.Index, name, leaf, codec is null ? null : TryRead(codec, call.Arguments), sentence);
    }

    // No receipt says an agreement's contract; where the form fits one clause of the catalogue only, it is told by that.
    private static (string Name, Codec? Codec) NameOf(in Call call, Catalogue catalogue)
    {
        if (call.IsKernel) return KernelContents.Find(call.Clause) is { } kernel ? (kernel.ArgumentsCodec.Name, kernel.ArgumentsCodec) : ($"kernel call {call.Clause}", null);
        if (call.Opens) return catalogue.Newest(call.Contract)?.ClauseOf(call.Clause) is { } opening ? (opening.ArgumentsCodec.Name, opening.ArgumentsCodec) : ($"contract {call.Contract}", null);
        Codec? only = null;
        foreach (var contract in catalogue.Contracts)
        {
            if (contract.ClauseOf(call.Clause) is not { Kind: not ClauseKind.Opening } clause || TryRead(clause.ArgumentsCodec, call.Arguments) is null) continue;
            if (only is not null && only.Name != clause.ArgumentsCodec.Name) return ($"clause {call.Clause}", null);
            only = clause.ArgumentsCodec;
        }
        return only is null ? ($"clause {call.Clause}", null) : ($"clause {call.Clause}, by its form {only.Name}", only);
    }

    private static JsonObject? TryRead(Codec codec, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return CodecJson.Read(codec, bytes);
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    private static JsonObject ToJson(CallStory call) => new()
    {
        ["call"] = call.Index, ["name"] = call.Name, ["code"] = call.Leaf.Code, ["agreement"] = call.Leaf.Agreement, ["arguments"] = call.Arguments?.DeepClone(),
        ["postings"] = new JsonArray([.. call.Leaf.Postings.Select(posting => (JsonNode)new JsonObject
        {
            ["owner"] = posting.Account.Owner.ToString(), ["unit"] = posting.Account.Unit.Number, ["change"] = posting.Change, ["balance"] = posting.Balance,
        })]),
        ["events"] = call.Leaf.Events.Count,
    };
}
