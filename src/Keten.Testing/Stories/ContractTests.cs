using System.Reflection;
using Keten.Kernel;

namespace Keten.Testing;

/// <summary>
/// What every contract's tests share. A class of stories derives from it, tells each story in a public method without parameters, begins them with <see cref="Open"/>, and calls
/// <see cref="CheckTold"/> and <see cref="CheckAnySequence"/> from two tests of its own.
/// </summary>
/// <typeparam name="T">The contract.</typeparam>
public abstract class ContractTests<T> where T : class
{
    private Told told = new();
    private bool telling;

    /// <summary>A world with the contract's cast, in which nothing has been agreed yet but what stands in the background.</summary>
    protected abstract World NewWorld();

    /// <summary>An agreement, just opened, in a new world.</summary>
    protected abstract Story<T> Opened();

    /// <summary>Begins a story.</summary>
    /// <param name="world">Where.</param>
    /// <param name="opening">The terms.</param>
    /// <param name="signedBy">Everybody whose signature it needs, and nobody else.</param>
    /// <param name="atMost">What a signer lets it take; who is not listed lets it take what it takes.</param>
    protected Story<T> Open(World world, IOpening<T> opening, Actor[] signedBy, params (Actor Who, Amount Most)[] atMost) => Story<T>.Open(world, told, opening, signedBy, atMost);

    /// <summary>
    /// Tells all stories of the class again, and sees that they use every clause, hear every event and provoke every refusal of the contract, that none leaves a refusal unsaid,
    /// and that the contents page lists all that the contract nests.
    /// </summary>
    /// <exception cref="StoryException">Something is not told, or not listed.</exception>
    protected void CheckTold()
    {
        if (telling) return;
        (telling, told) = (true, new Told());
        foreach (var method in GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            if (method.ReturnType != typeof(void) || method.GetParameters().Length > 0) continue;
            method.Invoke(this, BindingFlags.DoNotWrapExceptions, null, null, null);
        }
        telling = false;
        foreach (var ending in told.Endings) ending();
        var contract = NewWorld().ContractOf<T>();
        var lacking = new List<string>();
        foreach (var refusal in contract.Refusals)
            if (!told.Refusals.Contains(refusal)) lacking.Add($"refusal {refusal.Number} is never provoked: {refusal.Sentence}");
        foreach (var clause in contract.Clauses)
            if (!told.Worlds.Exists(world => world.Done.Contains(clause))) lacking.Add($"{clause.ArgumentsCodec.Name} is never done");
        foreach (var kind in contract.Events)
            if (!told.Events.Contains(Typed.TypeOf(kind.EventCodec))) lacking.Add($"{kind.EventCodec.Name} is never heard");
        Listed(contract, lacking);
        if (lacking.Count > 0) throw new StoryException($"Of {contract.Name}:\n  " + string.Join("\n  ", lacking));
    }

    /// <summary>
    /// Does a seeded sequence of random calls, good ones among them, and sees after each that the rules of every contract hold: each unit sums to nothing over all accounts, nothing
    /// faults, no wake-up is parked, a refusal changes nothing but its signers' counters, and what has ended holds nothing. At last what is held can be released
    /// (<see cref="Release"/>), and the same entries give the same headers again.
    /// </summary>
    /// <exception cref="StoryException">A rule does not hold; the message names seed and step.</exception>
    protected void CheckAnySequence(int seed, int steps)
    {
        if (telling) return;
        var random = new Random(seed);
        var (step, accepted) = (0, 0);
        // An agreement that is over says little more: then another begins.
        while (step < steps)
        {
            var story = Opened();
            var rules = new LedgerRules(story.World);
            var calls = new AnyCall(random, story.World, AnyOf);
            try
            {
                for (var after = 0; step < steps && after < 5; step++)
                {
                    if (random.Next(12) == 0) story.World.Until(story.World.Now.Plus(random.Next(random.Next(8) > 0 ? 8_000 : 1_300_000)));
                    else rules.CheckStep(() => calls.Do(story.Agreement.Number));
                    rules.Check();
                    if (IsOver(story)) after++;
                }
                if (!story.HasEnded) Release(story);
                rules.CheckNothingHeld(story.Agreement.Number);
                rules.Check();
                story.World.Replay();
            }
            catch (StoryException fault)
            {
                throw new StoryException($"Seed {seed}, step {step}, {calls.Last}: {fault.Message}");
            }
            accepted += rules.Accepted;
        }
        if (accepted < steps / 10) throw new StoryException($"Seed {seed}: of {steps} calls {accepted} were accepted, too few to say anything; give better ones.");
    }

    /// <summary>
    /// A value that has a chance to be accepted, of this clause or of another instead; null for one that is drawn from the forms of its fields alone.
    /// </summary>
    /// <param name="clause">The clause's type.</param>
    /// <param name="random">Seeded; the only source of chance.</param>
    /// <param name="world">Where.</param>
    protected virtual object? AnyOf(Type clause, Random random, World world) => null;

    /// <summary>Whether nothing more can come of it, so that random calls go on with another.</summary>
    /// <param name="story">As the random calls left it.</param>
    protected virtual bool IsOver(Story<T> story) => story.HasEnded;

    /// <summary>
    /// Gets out what the agreement holds, whatever happened before: the contract's own way out. Where it has none, all parties that its state names unwind it.
    /// </summary>
    /// <param name="story">As the random calls left it.</param>
    protected virtual void Release(Story<T> story) => Unwinding.Do(story.World, story.Agreement.Number);

    private static void Listed(Contract<T> contract, List<string> lacking)
    {
        var listed = new HashSet<Type>();
        foreach (var clause in contract.Clauses) listed.Add(Typed.TypeOf(clause.ArgumentsCodec));
        foreach (var kind in contract.Events) listed.Add(Typed.TypeOf(kind.EventCodec));
        foreach (var nested in typeof(T).GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic))
            if (!listed.Contains(nested) && Array.Exists(nested.GetInterfaces(), IsListed)) lacking.Add($"{nested.Name} is not on the contents page");
        var fields = typeof(T).GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static);
        var tables = Array.FindAll(fields, field => field.FieldType.IsGenericType && field.FieldType.GetGenericTypeDefinition() == typeof(Records<,>));
        if (tables.Length != contract.Tables.Count) lacking.Add("a table is not on the contents page");
        if (Array.FindAll(fields, field => field.FieldType == typeof(Refusal<T>)).Length != contract.Refusals.Count) lacking.Add("a refusal is not on the contents page");
    }

    private static bool IsListed(Type type) => type == typeof(IEvent)
        || (type.IsGenericType && type.GetGenericTypeDefinition() is var open
            && (open == typeof(IOpening<>) || open == typeof(IClause<>) || open == typeof(ICorrection<>) || open == typeof(IDue<>)));
}
