namespace Keten.Kernel;

/// <summary>All that a clause may see besides its agreement.</summary>
public sealed class Facts;
