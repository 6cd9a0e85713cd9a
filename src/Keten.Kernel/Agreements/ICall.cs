namespace Keten.Kernel;

/// <summary>A call on the ledger itself rather than on an agreement: a transfer, a key, a guardian. Only the kernel has such.</summary>
internal interface ICall;
