using Keten.Kernel;

namespace Keten.Testing;

/// <summary>Random calls on one agreement. The contract's own tests may give better ones than the forms of the fields do.</summary>
internal sealed class AnyCall(Random random, World world, Func<Type, Random, World, object?> better)
{
    private readonly AnyRecord any = new(random, world.Cast, world.Ledger.Id);

    /// <summary>What was tried last, for the message of a failure.</summary>
    public string Last { get; private set; } = "nothing yet";

    public Step Do(ulong agreement)
    {
        var contract = world.State.Agreement(agreement)!.Contract;
        var clauses = contract.Clauses.Where(clause => clause.Kind is ClauseKind.Ordinary or ClauseKind.Correction).ToArray();
        if (clauses.Length == 0) throw new StoryException("The contract has no clause to call.");
        var clause = clauses[random.Next(clauses.Length)];
        var value = random.Next(8) > 0 ? better(Typed.TypeOf(clause.ArgumentsCodec), random, world) : null;
        if (value is not null) clause = World.ClauseOf(contract, value.GetType());
        (any.Now, any.Agreements) = (world.Now, world.State.Counters.NextAgreement);
        var arguments = value is null ? any.Of(clause.ArgumentsCodec) : Typed.Write(clause.ArgumentsCodec, value);
        var signers = random.Next(4) > 0 ? [.. world.Cast] : world.Cast.Where(_ => random.Next(2) == 0).ToArray();
        Last = clause.ArgumentsCodec.Name + " " + Convert.ToHexStringLower(arguments);
        return world.Do(agreement, 0, clause.Number, arguments, signers, []);
    }
}
