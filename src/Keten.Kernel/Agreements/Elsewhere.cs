namespace Keten.Kernel;

/// <summary>
/// Another ledger as an agreement knows it: a light client's state (protocol rule 12), for a contract to keep in its own. Whoever brings a proof brings the validators in full; here their
/// hash is enough.
/// </summary>
/// <param name="Ledger">Its id: the hash of its genesis.</param>
/// <param name="Validators">The hash of the newest set of validators that is known.</param>
/// <param name="ChangedAt">The height of the header that decided them, which is below all that they certify; 0: the genesis.</param>
public readonly record struct Elsewhere(Hash Ledger, Hash Validators, ulong ChangedAt);
