using Keten.Kernel;

namespace Keten.Testing;

/// <summary>
/// What happens under one agreement, told step by step against a real ledger. A story that lists a signature which its step can do without fails, and so does
/// one that leaves a refusal unsaid.
/// </summary>
/// <typeparam name="T">The contract.</typeparam>
public sealed class Story<T> where T : class
{
    private readonly Contract<T> contract;
    private readonly Told told;
    private IReadOnlyList<Happening> happened = [];
    private IRefusal? refused;
    private string step = "the beginning";

    private Story(World world, Told told) => (World, contract, this.told) = (world, world.ContractOf<T>(), told);

    /// <summary>Where it happens.</summary>
    public World World { get; }

    /// <summary>The agreement; none where its opening was refused.</summary>
    public Agreement<T> Agreement { get; private set; }

    /// <summary>The agreement's state now.</summary>
    public T State => World.StateOf(Agreement);

    /// <summary>Whether the agreement has ended.</summary>
    public bool HasEnded => World.State.Agreement(Agreement.Number)!.Ended;

    /// <summary>Begins with an opening.</summary>
    /// <param name="world">Where.</param>
    /// <param name="opening">The terms.</param>
    /// <param name="signedBy">Everybody whose signature it needs, and nobody else.</param>
    /// <param name="atMost">What a signer lets it take; who is not listed lets it take what it takes.</param>
    public static Story<T> Open(World world, IOpening<T> opening, Actor[] signedBy, params (Actor Who, Amount Most)[] atMost) => Open(world, new Told(), opening, signedBy, atMost);

    internal static Story<T> Open(World world, Told told, IOpening<T> opening, Actor[] signedBy, (Actor Who, Amount Most)[] atMost)
    {
        var story = new Story<T>(world, told);
        told.Worlds.Add(world);
        told.Endings.Add(story.NothingUnsaid);
        var step = story.Take(opening, signedBy, atMost);
        if (step.Refusal is null) story.Agreement = new Agreement<T>(step.Opened);
        return story;
    }

    /// <summary>Somebody uses a clause.</summary>
    /// <param name="clause">Which, on what terms.</param>
    /// <param name="signedBy">Everybody whose signature it needs, and nobody else; nobody named where anyone may.</param>
    /// <param name="atMost">What a signer lets it take; who is not listed lets it take what it takes.</param>
    public Story<T> When(IClause<T> clause, Actor[]? signedBy = null, params (Actor Who, Amount Most)[] atMost) => Then(clause, signedBy, atMost);

    /// <summary>Somebody puts something right.</summary>
    /// <param name="correction">What, on what terms.</param>
    /// <param name="signedBy">Everybody whose signature it needs, and nobody else.</param>
    /// <param name="atMost">What a signer lets it take; who is not listed lets it take what it takes.</param>
    public Story<T> When(ICorrection<T> correction, Actor[]? signedBy = null, params (Actor Who, Amount Most)[] atMost) => Then(correction, signedBy, atMost);

    /// <summary>Time passes until a moment, and what falls due runs.</summary>
    public Story<T> At(Instant moment)
    {
        NothingUnsaid();
        (step, happened) = ("the time until then", World.Until(moment));
        Hear();
        return this;
    }

    /// <summary>Days of 24 hours pass, and what falls due runs.</summary>
    public Story<T> Later(int days, int seconds = 0) => At(World.Now.PlusDays(days).Plus(seconds));

    /// <summary>Something happens beside the story.</summary>
    public Story<T> Meanwhile(Action<World> elsewhere)
    {
        NothingUnsaid();
        elsewhere(World);
        return this;
    }

    /// <summary>It told exactly this under the agreement, in this order.</summary>
    public Story<T> ThenEmitted(params ReadOnlySpan<IEvent> events)
    {
        NothingUnsaid();
        var mine = happened.Where(one => one.Agreement == Agreement.Number).Select(one => one.Event).ToArray();
        var same = mine.Length == events.Length;
        for (var each = 0; same && each < mine.Length; each++) same = mine[each].Equals(events[each]);
        return same ? this : throw Otherwise($"told\n  {string.Join("\n  ", mine.AsEnumerable())}\nand not\n  {string.Join("\n  ", events.ToArray().AsEnumerable())}");
    }

    /// <summary>A party now has so much.</summary>
    public Story<T> ThenBalance(Actor of, Amount amount)
    {
        NothingUnsaid();
        var has = World.State.Balance(of.Party, amount.Unit);
        return has == amount.Minor ? this : throw Otherwise($"left {of.Name} {has} and not {amount.Minor}");
    }

    /// <summary>The agreement now holds so much.</summary>
    public Story<T> ThenHeld(Amount amount)
    {
        NothingUnsaid();
        var holds = World.State.Balance(Owner.Of(Agreement.Number), amount.Unit);
        return holds == amount.Minor ? this : throw Otherwise($"left {holds} held and not {amount.Minor}");
    }

    /// <summary>The agreement's state is now exactly this.</summary>
    public Story<T> ThenState(T expected)
    {
        NothingUnsaid();
        return State.Equals(expected) ? this : throw Otherwise($"left the state\n  {State}\nand not\n  {expected}");
    }

    /// <summary>The agreement now keeps exactly this under a key; nothing, where none is given.</summary>
    public Story<T> ThenKept<TKey, TValue>(Records<TKey, TValue> records, TKey key, TValue? expected) where TKey : struct where TValue : struct
    {
        NothingUnsaid();
        var table = contract.Table(records);
        TValue? kept = World.State.Rows.Find(Agreement.Number, records.Number, table.KeyBytes(key)) is { } bytes ? table.Values.FromBytes(bytes) : null;
        return kept.Equals(expected) ? this : throw Otherwise($"left the record\n  {kept}\nand not\n  {expected}");
    }

    /// <summary>It was refused for this reason, and told nothing.</summary>
    public Story<T> ThenRefused(IRefusal because)
    {
        if (!ReferenceEquals(refused, because)) throw Otherwise($"was {(refused is null ? "done" : "refused: " + refused.Sentence)}\nand not refused: {because.Sentence}");
        refused = null;
        return this;
    }

    /// <summary>The agreement has ended.</summary>
    public Story<T> ThenEnded()
    {
        NothingUnsaid();
        return HasEnded ? this : throw Otherwise("did not end the agreement");
    }

    private void NothingUnsaid()
    {
        if (refused is not null) throw new StoryException($"{step} was refused, and the story does not say so: {refused.Sentence}");
    }

    private Story<T> Then(object clause, Actor[]? signedBy, (Actor Who, Amount Most)[] atMost)
    {
        NothingUnsaid();
        if (Agreement.IsNone) throw new StoryException("The agreement was never opened.");
        Take(clause, signedBy ?? [], atMost);
        return this;
    }

    // What a step is tried without is refused, and then has changed nothing but counters; so the trial is on the very ledger of the story.
    private Step Take(object clause, Actor[] signedBy, (Actor Who, Amount Most)[] atMost)
    {
        var called = World.ClauseOf(contract, clause.GetType());
        var bytes = Typed.Write(called.ArgumentsCodec, clause);
        step = called.ArgumentsCodec.Name;
        var before = new List<Happening>();
        foreach (var spared in signedBy)
        {
            var others = Array.FindAll(signedBy, signer => signer != spared);
            var trial = World.Do(Agreement.Number, contract.Code, called.Number, bytes, others, Array.FindAll(atMost, cap => cap.Who != spared));
            if (trial.Refusal is null) throw new StoryException($"{step} can do without {spared.Name}'s signature.");
            before.AddRange(trial.Happened);
        }
        var taken = World.Do(Agreement.Number, contract.Code, called.Number, bytes, signedBy, atMost);
        (refused, happened) = (taken.Refusal, [.. before, .. taken.Happened]);
        if (refused is not null) told.Refusals.Add(refused);
        Hear();
        return taken;
    }

    private void Hear()
    {
        foreach (var one in happened) told.Events.Add(one.Event.GetType());
    }

    private StoryException Otherwise(string how) => new($"{step} {how}.");
}

/// <summary>What a contract's stories have told so far.</summary>
internal sealed class Told
{
    public List<Action> Endings { get; } = [];

    public HashSet<IRefusal> Refusals { get; } = [];

    public List<World> Worlds { get; } = [];

    public HashSet<Type> Events { get; } = [];
}
