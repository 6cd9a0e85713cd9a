using Keten.Kernel;
using Keten.Kernel.Cbor;

namespace Keten.Tests.Transactions;

public sealed class TransactionTests
{
    private static readonly KeyCache Cache = new(100);

    [Fact]
    public void What_was_built_is_what_is_read()
    {
        var key = Samples.Keys[0];
        var read = Transaction.Parse(Samples.One(key).Sign(key));

        Assert.Equal(Samples.Ledger, read.LedgerId);
        Assert.Equal(new Instant(1_800_000_000), read.Expiry);
        Assert.Equal([new SignerSlot(key.Id, 3, 7)], read.Signers.ToArray());
        var call = read.Calls[0];
        Assert.Equal((42UL, (ushort)0, (ushort)2, false, false), (call.Agreement, call.Contract, call.Clause, call.Opens, call.IsKernel));
        Assert.Equal(Samples.Five, call.Arguments.ToArray());
        Assert.Equal(1, call.Caps.Count);
        Assert.Equal(250, call.Caps.Most(0, new Unit(1)));
        Assert.Equal(0, call.Caps.Most(0, new Unit(2)));
        Assert.Equal(Hash.Of(Samples.One(key).Payload()), read.Id);
        Assert.Equal(Hash.Of([0, .. Hash.Of(read.Cose.Span).ToArray()]), read.Leaf);
        Assert.Equal(SignatureVerdict.Valid, SignatureCheck.Check(read, Cache, Samples.Known));
    }

    [Fact]
    public void An_opening_and_the_ledgers_own_call_are_told_from_a_call_on_an_agreement()
    {
        var key = Samples.Keys[0];
        var read = Transaction.Parse(new TransactionBuilder(Samples.Ledger, new Instant(5)).By(key.Id, 1).Open(0, 4, Samples.Five).Open(9, 1, Samples.Five)
            .Open(65535, 1, Samples.Five).Call(long.MaxValue, 65535, Samples.Five).Sign(key));

        Assert.Equal([(true, true, 0, 0UL), (true, false, 9, 0UL), (true, false, 65535, 0UL), (false, false, 0, (ulong)long.MaxValue)],
            read.Calls.ToArray().Select(call => (call.Opens, call.IsKernel, (int)call.Contract, call.Agreement)).ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    public void All_signatures_verify_and_one_that_is_missing_or_another_does_not(int signers)
    {
        var bytes = Samples.Signed(signers);
        var read = Transaction.Parse(bytes);

        Assert.Equal(signers, read.Signers.Length);
        Assert.Equal(SignatureVerdict.Valid, SignatureCheck.Check(read, Cache, Samples.Known));
        Assert.Equal(SignatureVerdict.Valid, SignatureCheck.Check(read, Cache, _ => null, Samples.Known));
        Assert.Equal(SignatureVerdict.UnknownKey, SignatureCheck.Check(read, Cache, id => id == read.Signers[^1].Key ? null : Samples.Known(id)));
        Assert.Equal(SignatureVerdict.BadSignature, SignatureCheck.Check(read, new KeyCache(2), _ => Samples.Keys[0].Public with { Y = default }));
        Assert.Equal(SignatureVerdict.BadSignature, SignatureCheck.Check(read, Cache, _ => null, _ => Samples.Keys[1].Public));
        for (var i = 0; i < signers; i++)
        {
            var at = bytes.AsSpan().IndexOf(read.SignatureOf(i));
            var broken = bytes.ToArray();
            broken[at + 40] ^= 1;
            Assert.Equal(SignatureVerdict.BadSignature, SignatureCheck.Check(Transaction.Parse(broken), Cache, Samples.Known));
        }
    }

    [Fact]
    public void A_transaction_signed_anew_is_the_same_transaction()
    {
        var key = Samples.Keys[0];
        var (one, other) = (Transaction.Parse(Samples.One(key).Sign(key)), Transaction.Parse(Samples.One(key).Sign(key)));

        Assert.NotEqual(one.Cose.ToArray(), other.Cose.ToArray());
        Assert.Equal(one.Id, other.Id);
        Assert.NotEqual(one.Leaf, other.Leaf);
    }

    [Fact]
    public void Any_transaction_reads_back_and_its_packed_form_gives_the_same_bytes()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var (payload, signers, cose, _) = Samples.Any(new Random(seed));
            var read = Transaction.Parse(cose);
            Assert.Equal(payload, read.Payload.ToArray());
            Assert.Equal(signers, read.Signers.Length);
            Assert.Equal(cose, read.Cose.ToArray());
            Assert.Equal(payload, Rebuilt(read));

            var packed = read.ToPacked();
            Assert.Equal(payload.Length - 35 + 64 * signers, packed.Length);
            Assert.Equal(cose, Transaction.Unpack(Samples.Ledger, packed).Cose.ToArray());
        }
    }

    [Fact]
    public void Arguments_may_be_nested_as_deep_as_any_item_and_still_unpack()
    {
        byte[] deep = [.. Enumerable.Repeat((byte)0x81, CborReader.MaxDepth - 1), 0x00];
        var key = Samples.Keys[0];
        var read = Transaction.Parse(new TransactionBuilder(Samples.Ledger, new Instant(5)).By(key.Id, 1).Open(0, 4, deep).Sign(key));

        Assert.Equal(read.Id, Transaction.Unpack(Samples.Ledger, read.ToPacked()).Id);
        Assert.Throws<MalformedException>(() => new TransactionBuilder(Samples.Ledger, new Instant(5)).Open(0, 4, [0x81, .. deep]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_one_bit_flipped_is_malformed_or_does_not_verify(int signers)
    {
        var bytes = Samples.Signed(signers);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            try
            {
                Assert.NotEqual(SignatureVerdict.Valid, SignatureCheck.Check(Transaction.Parse(flipped), Cache, Samples.Known));
            }
            catch (MalformedException)
            {
                // As it should be.
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_truncation_or_addition_is_malformed(int signers)
    {
        var bytes = Samples.Signed(signers);
        var packed = Transaction.Parse(bytes).ToPacked();
        for (var length = 0; length < bytes.Length; length++) Assert.Throws<MalformedException>(() => Transaction.Parse(bytes.AsSpan(0, length)));
        for (var length = 0; length < packed.Length; length++) Assert.Throws<MalformedException>(() => Transaction.Unpack(Samples.Ledger, packed.AsSpan(0, length)));
        Assert.Throws<MalformedException>(() => Transaction.Parse([.. bytes, 0]));
        Assert.Throws<MalformedException>(() => Transaction.Unpack(Samples.Ledger, [.. packed, 0]));
        Assert.Throws<MalformedException>(() => Transaction.Unpack(Samples.Ledger, [.. packed, .. new byte[64]]));
    }

    [Fact]
    public void Mangled_bytes_are_malformed_and_nothing_else()
    {
        var random = new Random(11);
        for (var round = 0; round < 4_000; round++)
        {
            var bytes = Samples.Any(random).Cose;
            if (bytes.Length > 2000) continue;
            for (var changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            foreach (var read in new Func<Transaction>[] { () => Transaction.Parse(bytes), () => Transaction.Unpack(Samples.Ledger, bytes.AsSpan(random.Next(60))) })
                try
                {
                    // What still reads must have one form.
                    var parsed = read();
                    Assert.Equal(parsed.Cose.ToArray(), Transaction.Unpack(parsed.LedgerId, parsed.ToPacked()).Cose.ToArray());
                    Assert.Equal(parsed.Payload.ToArray(), Rebuilt(parsed));
                }
                catch (MalformedException)
                {
                    // As it should be.
                }
        }
    }

    /// <summary>The payload, written anew from what was read.</summary>
    private static byte[] Rebuilt(Transaction read)
    {
        var builder = new TransactionBuilder(read.LedgerId, read.Expiry);
        foreach (var slot in read.Signers) builder.By(slot.Key, slot.Counter, slot.Lane);
        foreach (var call in read.Calls)
        {
            if (call.Opens) builder.Open(call.Contract, call.Clause, call.Arguments);
            else builder.Call(call.Agreement, call.Clause, call.Arguments);
            foreach (var cap in call.Caps) builder.AtMost(read.Signers[cap.Signer].Key, cap.Unit.Of(cap.Most));
        }
        return builder.Payload();
    }
}
