using Keten.Kernel.Blocks;

namespace Keten.Client;

/// <summary>One thing that was checked of a proof, and whether it holds.</summary>
/// <param name="Name">A short name for programs: form, ledger, certificate, outcome, state.</param>
/// <param name="Words">What it means that it holds.</param>
/// <param name="Holds">True, false, or null where it was not reached.</param>
public sealed record ProofStep(string Name, string Words, bool? Holds);

/// <summary>The checks of a receipt, offline: with nothing but the genesis. They are done in order, and the first that fails ends them.</summary>
/// <param name="Fault">Which part does not hold, or none.</param>
/// <param name="Receipt">The receipt, where its form could be read.</param>
public sealed record ReceiptVerdict(ReceiptFault Fault, Receipt? Receipt)
{
    private static readonly (ReceiptFault Fault, string Name, string Words)[] Order =
    [
        (ReceiptFault.Malformed, "form", "The bytes are a receipt in canonical form."),
        (ReceiptFault.WrongLedger, "ledger", "Transaction and header are of the ledger that the genesis begins."),
        (ReceiptFault.Certificate, "certificate", "More than two thirds of the validators signed a header, to whose history the transaction leads as it stands here."),
        (ReceiptFault.Outcome, "outcome", "What its calls did leads to the same header, and is this transaction's."),
    ];

    /// <summary>The longest receipt that is read, in bytes: the longest transaction, and room for proofs.</summary>
    public const int BytesAtMost = 8 << 20;

    /// <summary>Whether all of it holds.</summary>
    public bool Holds => Fault == ReceiptFault.None;

    /// <summary>The name of the check that failed, or null.</summary>
    public string? Failed => Holds ? null : Order[PlaceOf(Fault)].Name;

    /// <summary>Each check, in order.</summary>
    public IReadOnlyList<ProofStep> Steps
    {
        get
        {
            var failed = Holds ? Order.Length : PlaceOf(Fault);
            return [.. Order.Select((step, place) => new ProofStep(step.Name, step.Words, place == failed ? false : place < failed ? true : null))];
        }
    }

    /// <summary>Checks a receipt's bytes; a certificate that held before is not verified again.</summary>
    public static ReceiptVerdict Of(ReadOnlySpan<byte> bytes, KnownCertificates known)
    {
        if (bytes.Length > BytesAtMost) return new ReceiptVerdict(ReceiptFault.Malformed, null);
        var fault = ReceiptCheck.Check(bytes, known, out var receipt);
        return new ReceiptVerdict(fault, receipt);
    }

    /// <summary>Checks a receipt's bytes. Who checks many hands in a <see cref="KnownCertificates"/> instead.</summary>
    public static ReceiptVerdict Of(ReadOnlySpan<byte> bytes, Genesis genesis)
    {
        if (bytes.Length > BytesAtMost) return new ReceiptVerdict(ReceiptFault.Malformed, null);
        var fault = ReceiptCheck.Check(bytes, genesis, out var receipt);
        return new ReceiptVerdict(fault, receipt);
    }

    private static int PlaceOf(ReceiptFault fault) => Array.FindIndex(Order, step => step.Fault == fault);
}
