namespace Keten.Doors;

/// <summary>Why something is kept apart.</summary>
public enum ApartReason
{
    /// <summary>It cannot be read as what it should be.</summary>
    Unreadable = 1,

    /// <summary>It is longer than a message may be.</summary>
    TooLarge = 2,

    /// <summary>Nobody signed it.</summary>
    Unsigned = 3,

    /// <summary>It was signed for another ledger.</summary>
    OtherLedger = 4,

    /// <summary>No contract here takes such a statement.</summary>
    UnknownKind = 5,

    /// <summary>Its signer is not enrolled.</summary>
    UnknownDevice = 6,

    /// <summary>The device is revoked.</summary>
    Revoked = 7,

    /// <summary>The device's calibration was not in force.</summary>
    NotCalibrated = 8,

    /// <summary>The signature does not match.</summary>
    BadSignature = 9,

    /// <summary>It is older than is still taken.</summary>
    Late = 10,

    /// <summary>It has been taken already.</summary>
    Doubled = 11,

    /// <summary>Something later has been taken already.</summary>
    OutOfOrder = 12,

    /// <summary>Nobody's agreement pays for it.</summary>
    NoAgreement = 13,

    /// <summary>The meter's record may not be billed.</summary>
    NotBillable = 14,

    /// <summary>The ledger refused it.</summary>
    Refused = 15,
}

/// <summary>Something that is kept apart.</summary>
/// <param name="Number">Its number.</param>
/// <param name="At">When it came last, in seconds since 1970.</param>
/// <param name="Source">From where.</param>
/// <param name="Id">Its id there.</param>
/// <param name="Reason">Why.</param>
/// <param name="Sentence">Why, in a sentence.</param>
/// <param name="Count">How often it came.</param>
/// <param name="Size">How long it was, in bytes.</param>
/// <param name="Content">Its first bytes.</param>
public sealed record Apart(long Number, long At, string Source, string Id, ApartReason Reason, string Sentence, int Count, long Size, byte[] Content);

/// <summary>Something cannot be taken to the ledger, and why.</summary>
internal sealed class ApartException(ApartReason reason, string sentence) : Exception(sentence)
{
    public ApartReason Reason { get; } = reason;
}
