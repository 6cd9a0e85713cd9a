namespace Keten.Kernel;

/// <summary>One signer of a transaction, and the counter by which its replay is told: each counter of a lane is used once, in a window of 256.</summary>
/// <param name="Key">The signing key's id.</param>
/// <param name="Lane">One of the key's 16 lanes, 0 … 15.</param>
/// <param name="Counter">Not used before in this lane.</param>
public readonly record struct SignerSlot(KeyId Key, byte Lane, ulong Counter)
{
    /// <summary>How many lanes a key has.</summary>
    public const int Lanes = 16;
}
