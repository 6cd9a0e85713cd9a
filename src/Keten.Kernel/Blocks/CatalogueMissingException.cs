namespace Keten.Kernel.Blocks;

/// <summary>The ledger's next block is decided by contracts that this program does not have: it must be replaced by one that has them, and goes on from there.</summary>
/// <param name="catalogue">The hash of the catalogue that is missing.</param>
/// <param name="height">The first block that is decided by it.</param>
public sealed class CatalogueMissingException(Hash catalogue, ulong height) : InvalidOperationException(
    FormattableString.Invariant($"From block {height} on the ledger is decided by the catalogue {catalogue}, which this program does not have. Install one that has it, and start the node again."))
{
    /// <summary>What is missing.</summary>
    public Hash Catalogue { get; } = catalogue;

    /// <summary>From which block on it is needed.</summary>
    public ulong Height { get; } = height;
}
