using Keten.Kernel.Cbor;

namespace Keten.Kernel;

/// <summary>The contents page of the kernel's own calls: contract 0 of every catalogue.</summary>
public static class KernelContents
{
    private static readonly KernelClause[] Calls =
    [
        new KernelClause<KernelCalls.Transfer>(KernelCalls.TransferNumber, Codecs.KernelCalls.Transfer),
        new KernelClause<KernelCalls.Enrol>(2, Codecs.KernelCalls.Enrol),
        new KernelClause<KernelCalls.AddKey>(3, Codecs.KernelCalls.AddKey),
        new KernelClause<KernelCalls.RetireKey>(4, Codecs.KernelCalls.RetireKey),
        new KernelClause<KernelCalls.AddDelegate>(5, Codecs.KernelCalls.AddDelegate),
        new KernelClause<KernelCalls.RemoveDelegate>(6, Codecs.KernelCalls.RemoveDelegate),
        new KernelClause<KernelCalls.SetGuardians>(7, Codecs.KernelCalls.SetGuardians),
        new KernelClause<KernelCalls.Recover>(8, Codecs.KernelCalls.Recover),
        new KernelClause<KernelCalls.StopRecovery>(9, Codecs.KernelCalls.StopRecovery),
        new KernelClause<KernelCalls.Unwind>(10, Codecs.KernelCalls.Unwind),
        new KernelClause<KernelCalls.RunParked>(11, Codecs.KernelCalls.RunParked),
        new KernelClause<KernelCalls.Propose>(12, Codecs.KernelCalls.Propose),
        new KernelClause<KernelCalls.Vote>(13, Codecs.KernelCalls.Vote),
        new KernelClause<KernelCalls.Withdraw>(14, Codecs.KernelCalls.Withdraw),
        new KernelClause<KernelCalls.Rekey>(15, Codecs.KernelCalls.Rekey),
    ];

    /// <summary>What the ledger itself tells: the events of contract 0, of no agreement. They are for the validators' parties to read.</summary>
    public static Contract Events { get; } = new KernelContract()
        .Tells(1, Codecs.KernelCalls.Proposed).Tells(2, Codecs.KernelCalls.Voted).Tells(3, Codecs.KernelCalls.Carried).Tells(4, Codecs.KernelCalls.Dropped).Tells(5, Codecs.KernelCalls.Rekeyed);

    /// <summary>What can be called, by number.</summary>
    public static IReadOnlyList<KernelClause> Clauses => Calls;

    /// <summary>Whether a call is of what validators decide: a proposal, a vote, a node's new key.</summary>
    public static bool IsOfVotes(ushort number) => number is >= 12 and <= 15;

    /// <summary>The call of a number, or null.</summary>
    public static KernelClause? Find(ushort number) => number >= 1 && number <= Calls.Length ? Calls[number - 1] : null;

    /// <summary>The call of a type.</summary>
    /// <exception cref="KeyNotFoundException">It is none of the kernel's.</exception>
    public static (ushort Number, Codec<TCall> Codec) Of<TCall>() where TCall : notnull
    {
        foreach (var clause in Calls)
            if (clause.ArgumentsCodec is Codec<TCall> codec) return (clause.Number, codec);
        throw new KeyNotFoundException("The kernel has no such call.");
    }
}

/// <summary>One of the kernel's own calls.</summary>
public abstract class KernelClause
{
    private protected KernelClause(ushort number, Codec arguments) => (Number, ArgumentsCodec) = (number, arguments);

    /// <summary>For ever.</summary>
    public ushort Number { get; }

    /// <summary>What it is made of.</summary>
    public Codec ArgumentsCodec { get; }

    internal abstract KernelRefusal? Run(ReadOnlySpan<byte> arguments, Desk desk, IReferences references);
}

internal sealed class KernelClause<TCall>(ushort number, Codec<TCall> codec) : KernelClause(number, codec) where TCall : ICall
{
    internal override KernelRefusal? Run(ReadOnlySpan<byte> arguments, Desk desk, IReferences references)
    {
        TCall call;
        try
        {
            call = codec.Read(arguments, references);
        }
        catch (MalformedException)
        {
            return KernelRefusal.MalformedCall;
        }
        return desk.Authority.Lacks(call.MustSign(desk)) ?? call.Do(desk);
    }
}
