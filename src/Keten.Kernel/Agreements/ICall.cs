namespace Keten.Kernel;

/// <summary>A call on the ledger itself rather than on an agreement: a transfer, a key, a guardian. Only the kernel has such; they are contract 0 of every catalogue.</summary>
internal interface ICall
{
    /// <summary>Who must sign.</summary>
    Signers MustSign(Desk desk);

    /// <summary>Does it, or says why not; what was done before a refusal is undone.</summary>
    KernelRefusal? Do(Desk desk);
}
