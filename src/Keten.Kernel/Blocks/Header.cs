using Keten.Kernel.Cbor;

namespace Keten.Kernel.Blocks;

/// <summary>The short summary of all that has happened so far, over which validators sign.</summary>
/// <param name="LedgerId">Of which ledger.</param>
/// <param name="Epoch">Of the log.</param>
/// <param name="Height">Of the block, from 1.</param>
/// <param name="LogPosition">The entry that was executed; entries that were skipped count.</param>
/// <param name="LogHash">L(n) = SHA-256(L(n−1) ‖ entry).</param>
/// <param name="Time">Ledger time.</param>
/// <param name="Previous">The hash of the header before.</param>
/// <param name="HistorySize">How many transactions have been decided.</param>
/// <param name="HistoryRoot">Over all of them (RFC 9162).</param>
/// <param name="OutcomeCount">How many calls and wake-ups this block ran.</param>
/// <param name="OutcomeRoot">Over what each of them did (RFC 9162).</param>
/// <param name="StateRoot">Over all records, as of <paramref name="StateHeight"/>.</param>
/// <param name="StateHeight">The checkpoint before the latest.</param>
/// <param name="Validators">The hash of the set that certifies this header.</param>
/// <param name="Next">The hash of the set that signs entries after it.</param>
/// <param name="Catalogue">The hash of the catalogue in force.</param>
public sealed record Header(
    Hash LedgerId, ulong Epoch, ulong Height, ulong LogPosition, Hash LogHash, Instant Time, Hash Previous, ulong HistorySize, Hash HistoryRoot,
    ulong OutcomeCount, Hash OutcomeRoot, Hash StateRoot, ulong StateHeight, Hash Validators, Hash Next, Hash Catalogue)
{
    /// <summary>SHA-256 of [fields, history root].</summary>
    public Hash Hash
    {
        get
        {
            var writer = new CborWriter(512);
            writer.Array(2);
            writer.Raw(FieldBytes());
            writer.Hash(HistoryRoot);
            return Hash.Of(writer.Written);
        }
    }

    /// <summary>All fields but the history root, which an attestation signs as its payload.</summary>
    public byte[] FieldBytes()
    {
        var writer = new CborWriter(512);
        writer.Array(15);
        writer.Hash(LedgerId);
        writer.Unsigned(Epoch);
        writer.Unsigned(Height);
        writer.Unsigned(LogPosition);
        writer.Hash(LogHash);
        Wire.Write(writer, Time);
        writer.Hash(Previous);
        writer.Unsigned(HistorySize);
        writer.Unsigned(OutcomeCount);
        writer.Hash(OutcomeRoot);
        writer.Hash(StateRoot);
        writer.Unsigned(StateHeight);
        writer.Hash(Validators);
        writer.Hash(Next);
        writer.Hash(Catalogue);
        return writer.ToArray();
    }

    /// <summary>Puts fields and history root together again.</summary>
    /// <exception cref="MalformedException">They are not a header's.</exception>
    public static Header FromFields(ReadOnlySpan<byte> fields, in Hash historyRoot)
    {
        var reader = new CborReader(fields);
        reader.ArrayOf(15);
        var header = new Header(
            reader.Hash(), reader.Unsigned(), reader.Unsigned(), reader.Unsigned(), reader.Hash(), Wire.ReadInstant(ref reader), reader.Hash(), reader.Unsigned(), historyRoot,
            reader.Unsigned(), reader.Hash(), reader.Hash(), reader.Unsigned(), reader.Hash(), reader.Hash(), reader.Hash());
        reader.End();
        return header;
    }
}
