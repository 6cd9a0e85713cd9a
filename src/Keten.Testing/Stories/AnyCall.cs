using Keten.Kernel;
using Keten.Kernel.Cbor;

namespace Keten.Testing;

/// <summary>
/// Random calls on one agreement. Arguments are drawn from the forms of a clause's fields: parties from the cast, hashes and references from a few, so that calls meet what earlier
/// ones left; amounts mostly small, now and then of another unit, below nothing, or enormous. The contract's own tests may give better ones.
/// </summary>
internal sealed class AnyCall(Random random, World world, Func<Type, Random, World, object?> better)
{
    /// <summary>What was tried last, for the message of a failure.</summary>
    public string Last { get; private set; } = "nothing yet";

    public Step Do(ulong agreement)
    {
        var clauses = world.State.Agreement(agreement)!.Contract.Clauses.Where(clause => clause.Kind is ClauseKind.Ordinary or ClauseKind.Correction).ToArray();
        if (clauses.Length == 0) return new Step(null, [], 0);
        var clause = clauses[random.Next(clauses.Length)];
        var value = random.Next(8) > 0 ? better(Typed.TypeOf(clause.ArgumentsCodec), random, world) : null;
        if (value is not null) clause = World.ClauseOf(world.State.Agreement(agreement)!.Contract, value.GetType());
        var arguments = value is null ? AnyRecord(clause.ArgumentsCodec) : Typed.Write(clause.ArgumentsCodec, value);
        var signers = random.Next(4) > 0 ? [.. world.Cast] : world.Cast.Where(_ => random.Next(2) == 0).ToArray();
        Last = clause.ArgumentsCodec.Name + " " + Convert.ToHexStringLower(arguments);
        return world.Do(agreement, 0, clause.Number, arguments, signers, []);
    }

    private byte[] AnyRecord(Codec codec)
    {
        var writer = new CborWriter();
        WriteRecord(writer, codec);
        return writer.ToArray();
    }

    private void WriteRecord(CborWriter writer, Codec codec)
    {
        writer.Array(codec.Fields.Count);
        foreach (var field in codec.Fields)
        {
            if (field.Optional && random.Next(3) == 0)
            {
                writer.Null();
                continue;
            }
            var count = field.List ? random.Next(4) : 1;
            if (field.List) writer.Array(count);
            for (var each = 0; each < count; each++) WriteOne(writer, field);
        }
    }

    private void WriteOne(CborWriter writer, Field field)
    {
        switch (field.Kind)
        {
            case FieldKind.Boolean: writer.Boolean(random.Next(2) == 0); break;
            case FieldKind.Integer: writer.Integer(random.Next(0, 200)); break;
            case FieldKind.Text: Wire.Write(writer, new string('x', random.Next(12))); break;
            case FieldKind.Hash: writer.Hash(Hash.Of([(byte)random.Next(6)])); break;
            case FieldKind.Party: writer.Party(Someone.Party); break;
            case FieldKind.KeyId: writer.KeyId(Someone.Id); break;
            case FieldKind.PublicKey: Wire.Write(writer, Someone.Public); break;
            case FieldKind.Unit: Wire.Write(writer, AnyUnit); break;
            case FieldKind.Amount: writer.Amount(AnyUnit.Of(AnyMinor)); break;
            case FieldKind.Instant: Wire.Write(writer, world.Now.Plus(random.Next(-200_000, 2_000_000))); break;
            case FieldKind.Rate: Wire.Write(writer, new Rate(random.Next(1_000_000))); break;
            case FieldKind.Reference: writer.Reference(new Reference(Hash.Of([(byte)random.Next(6)]).ToString().Select(digit => (byte)digit).Take(Reference.Size).ToArray())); break;
            case FieldKind.Agreement: writer.Unsigned((ulong)random.Next(1, (int)world.State.Counters.NextAgreement)); break;
            case FieldKind.Choice: writer.Unsigned(field.Numbers[random.Next(field.Numbers.Count)]); break;
            case FieldKind.Record: WriteRecord(writer, field.Of!); break;
            case FieldKind.Signed: writer.Raw(Typed.Sign(field.Of!, world.Ledger.Id, Someone, AnyRecord(field.Of!))); break;
            case FieldKind.Owner: Wire.Write(writer, Owner.Of(Someone.Party)); break;
            case FieldKind.Signature: Wire.Write(writer, Someone.Sign(new byte[Hash.Size])); break;
            default: throw new StoryException($"{field.Name} is of a kind that the kit does not draw.");
        }
    }

    private Actor Someone => world.Cast[random.Next(world.Cast.Count)];

    private Unit AnyUnit => new(random.Next(10) == 0 ? (uint)random.Next(1, 5) : 1);

    private long AnyMinor => random.Next(12) switch { 0 => 0, 1 => -random.Next(100), 2 => Amount.Limit, 3 => random.NextInt64(Amount.Limit), _ => random.Next(1, 500) };
}
