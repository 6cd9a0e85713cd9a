using Keten.Contracts;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Execution;
using Keten.Kernel.State;

namespace Keten.Testing;

/// <summary>
/// A ledger of one validator in memory, with a cast of actors and a clock in the test's hand. Everything runs through real entries, blocks and signatures.
/// </summary>
public sealed class World
{
    private readonly List<ReadOnlyMemory<byte>> entries = [];
    private readonly Dictionary<KeyId, ulong> counters = [];
    private readonly List<Actor> cast = [];
    private readonly HashSet<Clause> done = [];
    private static readonly Actor Validator = new("the validator");
    private static readonly Actor Messenger = new("the messenger");
    private ulong sequence;

    /// <summary>With the contracts that come with Keten.</summary>
    public World(params ReadOnlySpan<Actor> cast) : this(BuiltIn.Catalogue, cast)
    {
    }

    /// <summary>With a consortium's own.</summary>
    public World(Catalogue catalogue, params ReadOnlySpan<Actor> cast)
    {
        this.cast.AddRange(cast);
        var founders = new PublicKey[cast.Length + 1];
        founders[0] = Messenger.Public;
        for (var each = 0; each < cast.Length; each++) founders[each + 1] = cast[each].Public;
        Genesis = new Genesis(
            Hash.Of("Keten.Testing"u8), Began, new ValidatorSet(new Keten.Kernel.Blocks.Validator("Test", Validator.Public)), new Many<PublicKey>(founders), false, Limits, catalogue.Hash);
        Ledger = Ledger.Begin(Genesis, catalogue);
        Now = Began;
    }

    // A checkpoint a day: weeks go by in a story, an hour an entry.
    private static Parameters Limits { get; } = Parameters.Default with { CheckpointSeconds = 86_400 };

    /// <summary>When every world begins: 2026-01-01T00:00:00Z.</summary>
    public static Instant Began { get; } = new(1_767_225_600);

    /// <summary>How the ledger began.</summary>
    public Genesis Genesis { get; }

    /// <summary>The ledger.</summary>
    public Ledger Ledger { get; }

    /// <summary>Its records.</summary>
    public LedgerState State => Ledger.State;

    /// <summary>What the validator's clock says.</summary>
    public Instant Now { get; private set; }

    /// <summary>The actors.</summary>
    public IReadOnlyList<Actor> Cast => cast;

    /// <summary>The clauses that have been done, due ones too.</summary>
    public IReadOnlySet<Clause> Done => done;

    /// <summary>The log, an entry each.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Entries => entries;

    /// <summary>Opens an agreement that stands in the background of a story.</summary>
    /// <exception cref="StoryException">It is refused.</exception>
    public Agreement<T> Open<T>(IOpening<T> opening, params ReadOnlySpan<Actor> signedBy) where T : class
    {
        var contract = ContractOf<T>();
        var clause = ClauseOf(contract, opening.GetType());
        var step = Do(0, contract.Code, clause.Number, Typed.Write(clause.ArgumentsCodec, opening), signedBy.ToArray(), []);
        return step.Refusal is null ? new Agreement<T>(step.Opened) : throw new StoryException($"{clause.ArgumentsCodec.Name} was refused: {step.Refusal.Sentence}");
    }

    /// <summary>Does something in the background of a story.</summary>
    /// <exception cref="StoryException">It is refused.</exception>
    public World Do<T>(Agreement<T> agreement, object clause, params ReadOnlySpan<Actor> signedBy) where T : class
    {
        var called = ClauseOf(ContractOf<T>(), clause.GetType());
        var step = Do(agreement.Number, 0, called.Number, Typed.Write(called.ArgumentsCodec, clause), signedBy.ToArray(), []);
        return step.Refusal is null ? this : throw new StoryException($"{called.ArgumentsCodec.Name} was refused: {step.Refusal.Sentence}");
    }

    /// <summary>One of the ledger's own calls: a transfer, a key, a guardian.</summary>
    /// <exception cref="StoryException">It is refused.</exception>
    public World Call<T>(T call, params ReadOnlySpan<Actor> signedBy) where T : notnull
    {
        var (number, codec) = KernelContents.Of<T>();
        var step = Do(0, 0, number, codec.ToBytes(call), signedBy.ToArray(), []);
        return step.Refusal is null ? this : throw new StoryException($"{codec.Name} was refused: {step.Refusal.Sentence}");
    }

    /// <summary>An agreement's state now.</summary>
    public T StateOf<T>(Agreement<T> agreement) where T : class => (T)State.Agreement(agreement.Number)!.State;

    /// <summary>A statement of one of the contracts, as an actor signs it outside any transaction.</summary>
    /// <exception cref="StoryException">No clause takes such a statement.</exception>
    public Signed<T> Signed<T>(T statement, Actor by) where T : notnull
    {
        foreach (var contract in Ledger.Catalogue.Contracts)
            foreach (var clause in contract.Clauses)
                foreach (var field in clause.ArgumentsCodec.Fields)
                    if (field is { Kind: FieldKind.Signed, Of: Codec<T> codec }) return StatementSigning.Sign(Ledger.Id, by, codec, statement);
        throw new StoryException($"No clause takes a signed {typeof(T).Name}.");
    }

    /// <summary>Lets time pass until a moment: the validator ticks each hour, and what falls due runs.</summary>
    /// <returns>What happened on the way.</returns>
    public IReadOnlyList<Happening> Until(Instant moment)
    {
        var happened = new List<Happening>();
        while (Now < moment)
        {
            var left = moment - Now;
            Now = Now.Plus(Math.Min(left, 3_600));
            Execute([], happened);
        }
        return happened;
    }

    /// <summary>Takes the log's entries again on a new ledger: every header must be the same.</summary>
    /// <exception cref="StoryException">One differs.</exception>
    public void Replay()
    {
        var again = Ledger.Begin(Genesis, Ledger.Catalogue);
        foreach (var entry in entries) again.Execute(entry);
        if (again.Head?.Hash != Ledger.Head?.Hash) throw new StoryException("The same entries gave another header.");
    }

    internal Contract<T> ContractOf<T>() where T : class
    {
        foreach (var contract in Ledger.Catalogue.Contracts)
            if (contract is Contract<T> found && Ledger.Catalogue.Newest(found.Code) == found) return found;
        throw new StoryException($"The catalogue has no contract {typeof(T).Name}.");
    }

    internal static Clause ClauseOf(Contract contract, Type type)
    {
        foreach (var clause in contract.Clauses)
            if (Typed.TypeOf(clause.ArgumentsCodec) == type) return clause;
        throw new StoryException($"{type.Name} is no clause of {contract.Name}.");
    }

    /// <summary>One call in a transaction of its own, signed by these; who states no cap lets it take whatever it takes.</summary>
    internal Step Do(ulong agreement, ushort contract, ushort clause, byte[] arguments, Actor[] signedBy, (Actor Who, Amount Most)[] atMost)
    {
        var signers = signedBy.Length == 0 ? [Messenger] : signedBy;
        var builder = new TransactionBuilder(Ledger.Id, State.Now.Plus(3_600));
        foreach (var signer in signers)
        {
            if (State.KeyOf(signer.Id) is null && (agreement, contract) != (0, 0)) throw new StoryException($"{signer.Name} signs, and is not in the cast.");
            builder.By(signer.Id, counters[signer.Id] = counters.GetValueOrDefault(signer.Id) + 1);
        }
        if (agreement == 0) builder.Open(contract, clause, arguments);
        else builder.Call(agreement, clause, arguments);
        foreach (var signer in signers) Cap(builder, signer, atMost);
        var happened = new List<Happening>();
        var opens = State.Counters.NextAgreement;
        var block = Execute([new CheckedTransaction(Transaction.Parse(builder.Sign(signers)))], happened);
        return new Step(block.Outcomes.Decisions[0].Refusal, happened, opens);
    }

    private void Cap(TransactionBuilder builder, Actor signer, (Actor Who, Amount Most)[] atMost)
    {
        var stated = false;
        foreach (var (who, most) in atMost)
        {
            if (who != signer) continue;
            builder.AtMost(signer.Id, most);
            stated = true;
        }
        for (var unit = 1u; !stated && unit < Math.Min(State.Counters.NextUnit, 16); unit++) builder.AtMost(signer.Id, new Unit(unit).Of(Amount.Limit));
    }

    private Block Execute(CheckedTransaction[] batch, List<Happening> happened)
    {
        var entry = Entry.Sign(Validator, Ledger.Id, 0, ++sequence, Now, batch);
        entries.Add(entry.Bytes);
        var block = Ledger.Execute(entry.Bytes, entry) ?? throw new StoryException("The entry was skipped.");
        foreach (var call in block.Outcomes.Calls)
            if (call.Code == 0 && State.Agreement(call.Agreement)?.Contract.ClauseOf(call.Clause) is { } clause) done.Add(clause);
        var bytes = block.Outcomes.EventBytes;
        foreach (var one in block.Outcomes.Events)
        {
            Codec? codec = null;
            foreach (var kind in one.Contract.Events)
                if (kind.Number == one.Number) codec = kind.EventCodec;
            happened.Add(new Happening(one.Agreement, (IEvent)Typed.Read(codec!, bytes[one.Content].ToArray())));
        }
        return block;
    }
}

/// <summary>An event, and under which agreement it was told.</summary>
/// <param name="Agreement">The agreement's number.</param>
/// <param name="Event">What happened.</param>
public readonly record struct Happening(ulong Agreement, IEvent Event);

/// <summary>What became of one call.</summary>
internal sealed record Step(IRefusal? Refusal, IReadOnlyList<Happening> Happened, ulong Opened);
