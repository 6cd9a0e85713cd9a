using Keten.Kernel.Cbor;

namespace Keten.Kernel.Blocks;

/// <summary>One validator: the organisation's name and its node's key.</summary>
/// <param name="Name">As the consortium calls it.</param>
/// <param name="Key">What it signs entries and attestations with.</param>
public readonly record struct Validator(string Name, PublicKey Key);

/// <summary>Who countersigns. More than two thirds of them make a certificate.</summary>
public sealed class ValidatorSet
{
    /// <summary>No ledger has more.</summary>
    public const int AtMost = 64;

    private readonly Validator[] validators;
    private readonly KeyId[] ids;

    /// <summary>Takes over the validators, by key id.</summary>
    /// <exception cref="ArgumentException">There are none, too many, or one twice.</exception>
    public ValidatorSet(params ReadOnlySpan<Validator> of)
    {
        if (of.Length is 0 or > AtMost) throw new ArgumentException("A ledger has 1 to 64 validators.", nameof(of));
        validators = of.ToArray();
        ids = new KeyId[of.Length];
        for (var each = 0; each < ids.Length; each++) ids[each] = validators[each].Key.Id;
        Array.Sort(ids, validators);
        for (var each = 1; each < ids.Length; each++)
            if (ids[each] == ids[each - 1]) throw new ArgumentException("A validator stands twice.", nameof(of));
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

    internal void Write(CborWriter writer)
    {
        writer.Array(validators.Length);
        foreach (var (name, key) in validators)
        {
            writer.Array(2);
            Wire.Write(writer, name);
            Wire.Write(writer, key);
        }
    }

    internal static ValidatorSet Read(ref CborReader reader)
    {
        var read = new Validator[reader.Array(AtMost)];
        for (var each = 0; each < read.Length; each++)
        {
            reader.ArrayOf(2);
            read[each] = new Validator(reader.Text(Wire.TextAtMost), Wire.ReadPublicKey(ref reader));
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
