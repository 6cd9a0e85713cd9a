namespace Keten.Node.Pipeline;

/// <summary>Hands a request's transactions on in the order in which they stand in it, whichever part of it has been verified first.</summary>
internal sealed class InOrder(int parts, Sequencer next)
{
    private readonly List<Waiting>?[] verified = new List<Waiting>?[parts];
    private int handedOn;

    public void Verified(int part, List<Waiting> transactions)
    {
        lock (verified)
        {
            verified[part] = transactions;
            while (handedOn < verified.Length && verified[handedOn] is { } ready)
            {
                next.Add(ready);
                verified[handedOn++] = null;
            }
        }
        next.Poke();
    }
}
