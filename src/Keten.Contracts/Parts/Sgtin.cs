namespace Keten.Contracts.Parts;

/// <summary>One part: its article's number and its own (GS1 SGTIN; AI 01 and AI 21).</summary>
/// <param name="Gtin">Fourteen digits, the last of them the check digit.</param>
/// <param name="Serial">1 to 20 signs.</param>
public readonly record struct Sgtin(string Gtin, string Serial)
{
    /// <summary>Whether both are well formed.</summary>
    public bool IsValid => Gs1.IsGtin(Gtin) && Gs1.IsSerial(Serial);

    /// <summary>The key of the part's records.</summary>
    /// <exception cref="InvalidOperationException">It is not well formed.</exception>
    public PartKey Key =>
        IsValid ? new PartKey(Gs1.Number(Gtin), Pack(Serial, 0), Pack(Serial, 8), (uint)(Pack(Serial, 16) >> 32)) : throw new InvalidOperationException("That is no serial number of a trade item.");

    private static ulong Pack(string text, int from)
    {
        ulong packed = 0;
        for (var each = from; each < from + 8; each++) packed = packed * 256 + (each < text.Length ? text[each] : (ulong)0);
        return packed;
    }
}

/// <summary>A part as the key of records: by article, then by serial in the order of its signs.</summary>
/// <param name="Gtin">The article's number.</param>
/// <param name="First">Of signs 1 to 8, zeros where there are none.</param>
/// <param name="Next">Of signs 9 to 16.</param>
/// <param name="Last">Of signs 17 to 20.</param>
public readonly record struct PartKey(ulong Gtin, ulong First, ulong Next, uint Last);

/// <summary>Parts of one article whose serials follow each other; or one part, whatever its serial.</summary>
/// <param name="Gtin">The article's number.</param>
/// <param name="From">The first serial.</param>
/// <param name="Count">How many; more than one only where the serial counts: digits without a zero in front.</param>
public readonly record struct Lot(string Gtin, string From, uint Count)
{
    /// <summary>No agreement and no call names more of them.</summary>
    public const int LotsAtMost = 200;

    /// <summary>Whether it names parts.</summary>
    public bool IsValid => Gs1.IsGtin(Gtin) && Gs1.IsSerial(From) && Count > 0 && (Count == 1 || Gs1.Counting(From) is not null);
}
