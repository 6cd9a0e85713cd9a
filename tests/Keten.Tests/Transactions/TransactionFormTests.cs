using Keten.Kernel;
using Keten.Kernel.Cbor;

namespace Keten.Tests.Transactions;

/// <summary>Each rule of the form, broken by hand.</summary>
public sealed class TransactionFormTests
{
    private static readonly KeyId A = new([.. Enumerable.Repeat((byte)1, 20)]);
    private static readonly KeyId B = new([.. Enumerable.Repeat((byte)2, 20)]);

    private static void Usual(CborWriter call)
    {
        call.Array(3);
        call.Integer(1);
        call.Unsigned(1);
        call.Unsigned(5);
    }

    private static byte[] Payload(
        Action<CborWriter>? calls = null, (KeyId Key, ulong Lane)[]? slots = null, int parts = 4, int callCount = 1, long expiry = 5, int ledgerSize = 32)
    {
        slots ??= [(A, 0)];
        var writer = new CborWriter();
        writer.Array(parts);
        writer.Bytes(new byte[ledgerSize]);
        writer.Integer(expiry);
        writer.Array(slots.Length);
        foreach (var (key, lane) in slots)
        {
            writer.Array(3);
            writer.KeyId(key);
            writer.Unsigned(lane);
            writer.Unsigned(1);
        }
        writer.Array(callCount);
        for (var i = 0; i < callCount; i++) (calls ?? Usual)(writer);
        if (parts == 5) writer.Unsigned(1);
        return writer.ToArray();
    }

    private static byte[] Cose(
        byte[] payload, KeyId[] keys, ulong? tag = null, bool? alone = null, Action<CborWriter>? unprotected = null, byte algorithm = 0x26, int size = 64)
    {
        var writer = new CborWriter();
        alone ??= keys.Length == 1;
        writer.Tag(tag ?? (alone.Value ? 18UL : 98UL));
        writer.Array(4);
        writer.Bytes(alone.Value ? Header(keys[0]) : []);
        (unprotected ?? (map => map.Map(0)))(writer);
        writer.Bytes(payload);
        if (!alone.Value) writer.Array(keys.Length);
        foreach (var key in keys)
        {
            if (!alone.Value)
            {
                writer.Array(3);
                writer.Bytes(Header(key));
                (unprotected ?? (map => map.Map(0)))(writer);
            }
            writer.Bytes(new byte[size]);
        }
        return writer.ToArray();

        byte[] Header(KeyId key)
        {
            var id = new byte[20];
            key.CopyTo(id);
            return [0xa2, 0x01, algorithm, 0x04, 0x54, .. id];
        }
    }

    private static void Refused(byte[] cose, string why) =>
        Assert.Contains(why, Assert.Throws<MalformedException>(() => Transaction.Parse(cose)).Message, StringComparison.Ordinal);

    private static void PayloadRefused(byte[] payload, string why) => Refused(Cose(payload, [A]), why);

    private static void CallRefused(string why, Action<CborWriter> call) => PayloadRefused(Payload(call), why);

    private static Action<CborWriter> Call(long target = 1, ulong clause = 1, byte[]? arguments = null, params long[][] caps) => writer =>
    {
        writer.Array(4);
        writer.Integer(target);
        writer.Unsigned(clause);
        writer.Raw(arguments ?? [5]);
        writer.Array(caps.Length);
        foreach (var cap in caps)
        {
            writer.Array(cap.Length);
            foreach (var number in cap) writer.Integer(number);
        }
    };

    [Fact]
    public void The_usual_form_is_read() => Assert.Equal(2, Transaction.Parse(Cose(Payload(Call(caps: [0, 1, 9]), [(A, 0), (B, 15)]), [A, B])).Signers.Length);

    [Fact]
    public void Signers_stand_in_order_once_each_and_between_one_and_sixteen()
    {
        Refused(Cose(Payload(slots: [(B, 0), (A, 0)]), [B, A]), "out of order");
        Refused(Cose(Payload(slots: [(A, 0), (A, 1)]), [A, A]), "out of order");
        PayloadRefused(Payload(slots: []), "one signer at least");
        KeyId[] many = [.. Enumerable.Range(1, 17).Select(i => new KeyId([(byte)i, .. new byte[19]]))];
        Refused(Cose(Payload(slots: [.. many.Select(key => (key, 0UL))]), many), "too many items");
        PayloadRefused(Payload(slots: [(A, 16)]), "out of range");
    }

    [Fact]
    public void Signatures_are_exactly_those_of_the_payloads_signers()
    {
        Refused(Cose(Payload(), [B]), "payload's signer");
        Refused(Cose(Payload(slots: [(A, 0), (B, 0)]), [A]), "several a COSE_Sign");
        Refused(Cose(Payload(slots: [(A, 0), (B, 0)]), [A, A]), "payload's signer");
        Refused(Cose(Payload(slots: [(A, 0), (B, 0)]), [B, A]), "payload's signer");
        Refused(Cose(Payload(slots: [(A, 0), (B, 0)]), [A, B, B]), "too many items");
        Refused(Cose(Payload(slots: [(A, 0), (B, 0)]), [A], alone: false), "wrong number of items");
        Refused(Cose(Payload(), [A], alone: false), "One signer signs a COSE_Sign1");
        Refused(Cose(Payload(), [A], tag: 998), "COSE_Sign1 or a COSE_Sign");
        Refused(Cose(Payload(), [A], algorithm: 0x25), "payload's signer");
        Refused(Cose(Payload(), [A], size: 63), "wrong length");
        Refused(Cose(Payload(), [A], unprotected: map => { map.Map(1); map.Unsigned(1); map.Unsigned(1); }), "too many items");
        Refused(Cose(Payload(slots: [(A, 0), (B, 0)]), [A, B], unprotected: map => { map.Map(1); map.Unsigned(1); map.Unsigned(1); }), "too many items");
    }

    [Fact]
    public void The_payload_has_four_parts_a_whole_ledger_id_and_an_expiry()
    {
        PayloadRefused(Payload(parts: 5), "too many items");
        PayloadRefused(Payload(ledgerSize: 31), "wrong length");
        PayloadRefused(Payload(expiry: -1), "out of range");
        PayloadRefused(Payload(expiry: Instant.Last.Seconds + 1), "out of range");
        PayloadRefused([.. Payload(), 0], "Bytes follow");
        PayloadRefused(Payload(callCount: 0), "one call at least");
        Assert.Equal(10_000, Transaction.Parse(Cose(Payload(callCount: 10_000), [A])).Calls.Length);
        PayloadRefused(Payload(callCount: 10_001), "too many items");
    }

    [Fact]
    public void A_call_names_a_target_a_clause_and_one_item_of_arguments()
    {
        CallRefused("Agreement 0", Call(target: 0));
        CallRefused("out of range", Call(target: -65537));
        CallRefused("out of range", Call(clause: 65536));
        CallRefused("longer than needed", Call(arguments: [0x18, 0x05]));
        CallRefused("three parts or four", writer => { writer.Array(2); writer.Unsigned(1); writer.Unsigned(1); });
        Assert.Equal(65_536, Transaction.Parse(Cose(Payload(Call(arguments: Bytes(65_536), caps: [0, 1, 1])), [A])).Calls[0].Arguments.Length);
        CallRefused("arguments are too long", Call(arguments: Bytes(65_537)));
    }

    [Fact]
    public void Caps_are_some_in_order_of_signers_that_there_are_and_above_nothing()
    {
        CallRefused("written as no array", Call(caps: []));
        CallRefused("out of order", Call(caps: [[0, 2, 1], [0, 1, 1]]));
        CallRefused("out of order", Call(caps: [[0, 2, 1], [0, 2, 1]]));
        CallRefused("signer that there is not", Call(caps: [1, 1, 1]));
        CallRefused("out of range", Call(caps: [16, 1, 1]));
        CallRefused("out of range", Call(caps: [0, 0, 1]));
        CallRefused("out of range", Call(caps: [0, 1, 0]));
        CallRefused("out of range", Call(caps: [0, 1, Amount.Limit + 1]));
        CallRefused("wrong number", Call(caps: [0, 1]));
        CallRefused("too many", Call(caps: [.. Enumerable.Range(1, 257).Select(unit => new long[] { 0, unit, 1 })]));
        Assert.Equal(Amount.Limit, Transaction.Parse(Cose(Payload(Call(caps: [0, 1, Amount.Limit])), [A])).Calls[0].Caps.Most(0, new Unit(1)));
    }

    [Fact]
    public void Over_a_mebibyte_is_refused_in_either_form()
    {
        // 16 calls of 64 KiB are too many; the packed form may be shorter than the COSE form that it stands for.
        static byte[] OfSize(int last) => Payload(new Big(last).Write, callCount: 17);
        var spare = Transaction.BytesAtMost - Cose(OfSize(0), [A]).Length - 2;
        var largest = Transaction.Parse(Cose(OfSize(spare), [A]));
        Assert.Equal(Transaction.BytesAtMost, largest.Cose.Length);
        Assert.Equal(largest.Id, Transaction.Unpack(default, largest.ToPacked()).Id);
        Refused(Cose(OfSize(spare + 1), [A]), "1 MiB");
        var packed = OfSize(spare + 1)[35..].Concat(new byte[64]).ToArray();
        Assert.True(packed.Length <= Transaction.BytesAtMost);
        Assert.Contains("1 MiB", Assert.Throws<MalformedException>(() => Transaction.Unpack(default, packed)).Message, StringComparison.Ordinal);
        Assert.Contains("1 MiB", Assert.Throws<MalformedException>(() => Transaction.Unpack(default, new byte[Transaction.BytesAtMost + 1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_builder_refuses_what_the_form_cannot_say()
    {
        var key = Samples.Keys[0];
        var builder = Samples.One(key);
        Assert.Throws<InvalidOperationException>(() => builder.By(key.Id, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.By(B, 8, lane: 16));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Call(0, 1, Samples.Five));
        Assert.Throws<MalformedException>(() => builder.Call(1, 1, [0x18, 0x05]));
        Assert.Throws<InvalidOperationException>(() => builder.Call(1, 1, Bytes(65_537)));
        Assert.Throws<InvalidOperationException>(() => builder.AtMost(key.Id, new Unit(1).Of(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.AtMost(key.Id, new Unit(2).Of(0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.AtMost(key.Id, default));
        Assert.Throws<InvalidOperationException>(() => builder.Sign(Samples.Keys[1]));
        Assert.Throws<InvalidOperationException>(() => builder.Sign());
        Assert.Throws<InvalidOperationException>(() => builder.AtMost(B, new Unit(1).Of(1)).Payload());
        Assert.Throws<InvalidOperationException>(() => new TransactionBuilder(default, default).By(A, 1).Payload());
    }

    /// <summary>A byte string that is so long with its head.</summary>
    private static byte[] Bytes(int length)
    {
        var writer = new CborWriter();
        writer.Bytes(new byte[length - (length > 65_538 ? 5 : 3)]);
        return writer.ToArray();
    }

    private sealed class Big(int last)
    {
        private int written;

        public void Write(CborWriter writer)
        {
            writer.Array(3);
            writer.Integer(1);
            writer.Unsigned(1);
            writer.Bytes(new byte[written++ == 16 ? last : 65_000]);
        }
    }
}
