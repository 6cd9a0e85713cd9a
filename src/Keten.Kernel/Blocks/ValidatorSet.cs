using Keten.Kernel.Cbor;

namespace Keten.Kernel.Blocks;

/// <summary>One validator: an organisation, and its node's key.</summary>
/// <param name="Name">As the consortium calls it.</param>
/// <param name="Key">What its node signs entries and attestations with, and nothing else.</param>
/// <param name="Party">The organisation: proposes, votes, replaces its node's key, and pays. It stays while its keys change.</param>
public readonly record struct Validator(string Name, PublicKey Key, Party Party)
{
    /// <summary>An organisation whose first key is its node's: for a ledger of one's own, or a trial. Where others have a say, the two keys are kept apart.</summary>
    public Validator(string name, PublicKey key) : this(name, key, Party.Of(key.Id))
    {
    }
}

/// <summary>Who countersigns. More than two thirds of them make a certificate.</summary>
public sealed class ValidatorSet
{
    /// <summary>No ledger has more.</summary>
    public const int AtMost = 64;

    private readonly Validator[] validators;
    private readonly KeyId[] ids;

    /// <summary>Takes over the validators, by key id.</summary>
    /// <exception cref="ArgumentException">There are none, too many, a key or a party twice, or nobody's.</exception>
    public ValidatorSet(params ReadOnlySpan<Validator> of)
    {
        if (of.Length is 0 or > AtMost) throw new ArgumentException("A ledger has 1 to 64 validators.", nameof(of));
        validators = of.ToArray();
        ids = new KeyId[of.Length];
        for (var each = 0; each < ids.Length; each++) ids[each] = validators[each].Key.Id;
        Array.Sort(ids, validators);
        for (var each = 0; each < ids.Length; each++)
        {
            if (validators[each].Party.IsNone) throw new ArgumentException("A validator is nobody's.", nameof(of));
            for (var other = 0; other < each; other++)
                if (ids[each] == ids[other] || validators[each].Party == validators[other].Party) throw new ArgumentException("A validator stands twice.", nameof(of));
        }
        var writer = new CborWriter();
        Write(writer);
        Hash = Kernel.Hash.Of(writer.Written);
    }

    /// <summary>How many.</summary>
    public int Count => validators.Length;

    /// <summary>How many attestations make a certificate: ⌊2n/3⌋ + 1. Of three, all three: three validators tolerate no failure.</summary>
    public int Quorum => 2 * Count / 3 + 1;

    /// <summary>Of the canonical form; stands in headers.</summary>
    public Hash Hash { get; }

    /// <summary>By key id.</summary>
    public ReadOnlySpan<Validator> All => validators;

    /// <summary>Their key ids, in order.</summary>
    public ReadOnlySpan<KeyId> Ids => ids;

    /// <summary>The key of a validator, or null.</summary>
    public PublicKey? Find(KeyId id)
    {
        var place = Array.BinarySearch(ids, id);
        return place >= 0 ? validators[place].Key : null;
    }

    /// <summary>The validator whose node has a key, or null.</summary>
    public Validator? ById(KeyId id)
    {
        var place = Array.BinarySearch(ids, id);
        return place >= 0 ? validators[place] : null;
    }

    /// <summary>The validator that a party is, or null.</summary>
    public Validator? Of(Party party)
    {
        foreach (var one in validators)
            if (one.Party == party) return one;
        return null;
    }

    /// <summary>The canonical form: [[name, key, party] …], by key id.</summary>
    public byte[] ToBytes()
    {
        var writer = new CborWriter();
        Write(writer);
        return writer.ToArray();
    }

    /// <summary>Reads the canonical form.</summary>
    /// <exception cref="MalformedException">It is not.</exception>
    public static ValidatorSet FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        var set = Read(ref reader);
        reader.End();
        return set;
    }

    /// <summary>With one more.</summary>
    internal ValidatorSet With(Validator one) => new([.. validators, one]);

    /// <summary>Without a party's; null where nobody is left.</summary>
    internal ValidatorSet? Without(Party party)
    {
        var left = new List<Validator>(validators.Length);
        foreach (var one in validators)
            if (one.Party != party) left.Add(one);
        return left.Count == 0 ? null : new ValidatorSet([.. left]);
    }

    internal void Write(CborWriter writer)
    {
        writer.Array(validators.Length);
        foreach (var (name, key, party) in validators)
        {
            writer.Array(3);
            Wire.Write(writer, name);
            Wire.Write(writer, key);
            writer.Party(party);
        }
    }

    internal static ValidatorSet Read(ref CborReader reader)
    {
        var read = new Validator[reader.Array(AtMost)];
        for (var each = 0; each < read.Length; each++)
        {
            reader.ArrayOf(3);
            read[each] = new Validator(reader.Text(Wire.TextAtMost), Wire.ReadPublicKey(ref reader), reader.Party());
        }
        try
        {
            var set = new ValidatorSet(read);
            for (var each = 0; each < read.Length; each++)
                if (set.validators[each] != read[each]) throw reader.Fault("Validators are not in the order of their key ids.");
            return set;
        }
        catch (ArgumentException)
        {
            throw reader.Fault("A ledger has 1 to 64 validators, each once.");
        }
    }
}
