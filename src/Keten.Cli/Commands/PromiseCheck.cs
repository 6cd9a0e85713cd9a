using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Cli.Commands;

/// <summary>Checks a validator's promise, the answer «accepted», and with proofs whether it was broken.</summary>
internal static class PromiseCheck
{
    private const int ProofsAtMost = 1 << 20;

    /// <summary>The promise in a file; null where it is something else, a receipt.</summary>
    public static Acceptance? Read(byte[] bytes)
    {
        try
        {
            return bytes.Length <= Acceptance.BytesAtMost ? Acceptance.FromBytes(bytes) : null;
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    public static int Run(Terminal terminal, Acceptance promise, Genesis genesis, FileInfo? transaction, FileInfo? proofs)
    {
        var shown = proofs is null ? null : ((StateEvidence Clock, StateEvidence Window)?)Proofs(Files.Read(proofs, ProofsAtMost));
        // One who came after the genesis is known by the proofs, which carry the changes of validators.
        var validators = new ValidatorHistory(genesis);
        validators.Take(shown?.Window.Changes ?? []);
        var holds = promise.Verify(validators);
        terminal.Plain(holds
            ? $"Validator {promise.Validator} has promised that {promise.Transaction} is in the order, or will be before {MomentText.Write(promise.Expiry)}. It is not final by that."
            : "The promise does not hold: it is no validator's of this ledger, as far as its genesis and the proofs, where there are any, say who they are.");
        bool? broken = null;
        if (holds && transaction is not null && shown is var (clock, window))
        {
            broken = promise.WasBroken(genesis, Transaction.Parse(Files.Read(transaction, Transaction.BytesAtMost)), clock, window);
            terminal.Plain(broken == true
                ? $"It was broken: when the ledger's time was past {MomentText.Write(promise.Expiry)}, the transaction had not been decided."
                : "That it was broken is not shown.");
        }
        terminal.Result(new JsonObject
        {
            ["holds"] = holds, ["validator"] = promise.Validator.ToString(), ["transaction"] = promise.Transaction.ToString(), ["expiry"] = MomentText.Write(promise.Expiry), ["broken"] = broken,
        });
        return holds && broken != false ? Exit.Ok : Exit.Failed;
    }

    private static (StateEvidence Clock, StateEvidence Window) Proofs(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        reader.ArrayOf(2);
        var proofs = (StateEvidence.FromBytes(reader.Bytes()), StateEvidence.FromBytes(reader.Bytes()));
        reader.End();
        return proofs;
    }
}
