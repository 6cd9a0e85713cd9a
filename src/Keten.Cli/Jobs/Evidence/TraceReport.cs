namespace Keten.Cli.Jobs;

/// <summary>The links of an evidence chain, in the order in which they are checked.</summary>
public enum TraceLink
{
    /// <summary>The meter signed the record, and nothing speaks against billing it.</summary>
    MeterSignature = 1,

    /// <summary>The key is a party of the ledger, and operator and driver accepted that meter.</summary>
    MeterKey = 2,

    /// <summary>The transaction carries the readings of the record, signed by the same key, and commits to the record.</summary>
    Reading = 3,

    /// <summary>The published tariff gives, for these readings, what was charged.</summary>
    Tariff = 4,

    /// <summary>The accounts were moved by just that.</summary>
    Entry = 5,

    /// <summary>The receipts are whole, of this ledger, and show what their transactions did.</summary>
    Receipt = 6,

    /// <summary>The ledger's validators certified them.</summary>
    Certificate = 7,

    /// <summary>The charge record says the same.</summary>
    ChargeRecord = 8,
}

/// <summary>One link.</summary>
/// <param name="Link">Which.</param>
/// <param name="Holds">Whether it holds.</param>
/// <param name="Says">What was found, in a sentence.</param>
public sealed record TracedLink(TraceLink Link, bool Holds, string Says);

/// <summary>What holds, and the first thing that does not: nothing is said of the links after it.</summary>
/// <param name="Links">Those that were checked.</param>
public sealed record TraceReport(IReadOnlyList<TracedLink> Links)
{
    /// <summary>Whether the whole chain holds.</summary>
    public bool Holds => Broken is null && Links.Count == Enum.GetValues<TraceLink>().Length;

    /// <summary>The first link that does not hold; null where all do.</summary>
    public TracedLink? Broken => Links.FirstOrDefault(link => !link.Holds);
}

/// <summary>Why a link does not hold.</summary>
internal sealed class BrokenLinkException : Exception
{
    public BrokenLinkException(string message) : base(message)
    {
    }

    public BrokenLinkException()
    {
    }

    public BrokenLinkException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
