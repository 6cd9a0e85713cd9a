namespace Keten.Kernel;

/// <summary>A payer's leave that an agreement may collect from them without a further signature.</summary>
/// <param name="Each">The most that one call may collect.</param>
/// <param name="InAll">The most that all calls together may collect; the same unit.</param>
/// <param name="Until">From this moment on, nothing.</param>
public readonly record struct Mandate(Amount Each, Amount InAll, Instant Until);
