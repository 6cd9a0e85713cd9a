using Keten.Node.Hosting;

namespace Keten.Node.Vault;

/// <summary>The vault.</summary>
public sealed record VaultSection
{
    [Setting("The file of the vault's key, outside the data folder and never in its backup; without it, beside the data folder: «data-vault.key».")]
    public string? Key { get; init; }

    [Setting("The longest document, in bytes.", Min = 1, Max = 1 << 20)]
    public int DocumentAtMost { get; init; } = 1 << 20;

    [Setting("MiB of documents that are kept.", Min = 1, Max = 1 << 30)]
    public int MebibytesAtMost { get; init; } = 16 << 10;

    [Setting("MiB of documents that are kept for one owner.", Min = 1, Max = 1 << 30)]
    public int MebibytesOfOwnerAtMost { get; init; } = 4 << 10;

    /// <summary>As the store takes them.</summary>
    public VaultOptions ToOptions(TimeProvider clock) => new()
    {
        DocumentAtMost = DocumentAtMost, BytesAtMost = (long)MebibytesAtMost << 20, BytesOfOwnerAtMost = (long)MebibytesOfOwnerAtMost << 20, Clock = clock,
    };
}
