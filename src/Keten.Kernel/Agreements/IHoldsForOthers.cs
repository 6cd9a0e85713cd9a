namespace Keten.Kernel;

/// <summary>Stands on a contract's state where what it holds may be that of others than those whom its state and records name: nobody can unwind such an agreement.</summary>
public interface IHoldsForOthers;
