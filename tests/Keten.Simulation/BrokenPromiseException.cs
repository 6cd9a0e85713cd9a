namespace Keten.Simulation;

/// <summary>What a node had said, and did not keep.</summary>
internal sealed class BrokenPromiseException(string what) : Exception(what)
{
    public static void Unless(bool kept, string what)
    {
        if (!kept) throw new BrokenPromiseException(what);
    }
}
