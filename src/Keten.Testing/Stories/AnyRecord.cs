using Keten.Kernel;
using Keten.Kernel.Cbor;

namespace Keten.Testing;

/// <summary>
/// Draws records from the forms of their fields: parties from a cast, hashes and references from a few, so that calls meet what earlier ones left; amounts mostly small, now and
/// then of another unit, below nothing, or enormous.
/// </summary>
internal sealed class AnyRecord(Random random, IReadOnlyList<Actor> cast, Hash ledger)
{
    /// <summary>Moments are drawn around this one.</summary>
    public Instant Now { get; set; } = World.Began;

    /// <summary>No agreement with this number or a higher one is drawn.</summary>
    public ulong Agreements { get; set; } = 9;

    /// <summary>Whether nothing that may be absent is left out, and no list is empty.</summary>
    public bool Whole { get; init; }

    /// <summary>The canonical bytes of a record.</summary>
    public byte[] Of(Codec codec)
    {
        var writer = new CborWriter();
        Write(writer, codec);
        return writer.ToArray();
    }

    private void Write(CborWriter writer, Codec codec)
    {
        writer.Array(codec.Fields.Count);
        foreach (var field in codec.Fields)
        {
            if (field.Optional && !Whole && random.Next(3) == 0)
            {
                writer.Null();
                continue;
            }
            var count = !field.List ? 1 : Whole ? 2 : random.Next(4);
            if (field.List) writer.Array(count);
            for (var each = 0; each < count; each++) Write(writer, field);
        }
    }

    private void Write(CborWriter writer, Field field)
    {
        switch (field.Kind)
        {
            case FieldKind.Boolean: writer.Boolean(random.Next(2) == 0); break;
            case FieldKind.Integer: writer.Integer(random.Next(128)); break;
            case FieldKind.Text: Wire.Write(writer, new string((char)('a' + random.Next(26)), 1 + random.Next(12))); break;
            case FieldKind.Hash: writer.Hash(Few); break;
            case FieldKind.Party: writer.Party(Someone.Party); break;
            case FieldKind.KeyId: writer.KeyId(Someone.Id); break;
            case FieldKind.PublicKey: Wire.Write(writer, Someone.Public); break;
            case FieldKind.Unit: Wire.Write(writer, AnyUnit); break;
            case FieldKind.Amount: writer.Amount(AnyUnit.Of(AnyMinor)); break;
            case FieldKind.Instant: Wire.Write(writer, Now.Plus(random.Next(-200_000, 2_000_000))); break;
            case FieldKind.Rate: Wire.Write(writer, new Rate(random.Next(1_000_000))); break;
            case FieldKind.Reference: writer.Reference(AnyReference); break;
            case FieldKind.Agreement: writer.Unsigned((ulong)random.NextInt64(1, (long)Agreements)); break;
            case FieldKind.Choice: writer.Unsigned(field.Numbers[random.Next(field.Numbers.Count)]); break;
            case FieldKind.Record: Write(writer, field.Of!); break;
            case FieldKind.Signed: writer.Raw(Typed.Sign(field.Of!, ledger, Someone, Of(field.Of!))); break;
            case FieldKind.Owner: Wire.Write(writer, Owner.Of(Someone.Party)); break;
            case FieldKind.Signature: Wire.Write(writer, Someone.Sign(new byte[Hash.Size])); break;
            case FieldKind.Proof: writer.Hash(Few); break;
            default: throw new StoryException($"{field.Name} is of a kind that the kit does not draw.");
        }
    }

    private Actor Someone => cast[random.Next(cast.Count)];

    private Reference AnyReference
    {
        get
        {
            var few = Few;
            return new Reference(Hash.Bytes(in few)[..Reference.Size]);
        }
    }

    private Hash Few => Hash.Of([(byte)random.Next(6)]);

    private Unit AnyUnit => new(random.Next(10) == 0 ? (uint)random.Next(1, 5) : 1);

    private long AnyMinor => random.Next(12) switch { 0 => 0, 1 => -random.Next(100), 2 => Amount.Limit, 3 => random.NextInt64(Amount.Limit), _ => random.Next(1, 500) };
}
