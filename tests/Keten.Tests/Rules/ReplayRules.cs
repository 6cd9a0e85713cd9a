using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.State;

namespace Keten.Tests.Rules;

/// <summary>Rules 16 and 17: a transaction whose signatures verify is decided once, whatever it is decided to.</summary>
public sealed class ReplayRules
{
    private readonly Bench bench = new();
    private ulong counter = 1_000;

    /// <summary>Rule 17: accepted, once.</summary>
    [Fact]
    public void What_was_accepted_is_not_done_again()
    {
        var pay = Pay(10).Sign();
        Assert.Null(Decide(pay));
        Assert.Same(KernelRefusal.Replayed, Decide(pay));
        Assert.Equal(10, bench.Balance(bench.Bob));
    }

    /// <summary>Rules 16 and 17: another signature over the same payload is the same transaction.</summary>
    [Fact]
    public void The_same_payload_signed_anew_is_decided_once()
    {
        var (first, again) = (Transfer(7, 5).Sign(bench.Ada), Transfer(7, 5).Sign(bench.Ada));
        Assert.NotEqual(first, again);
        Assert.Equal(Transaction.Parse(first).Id, Transaction.Parse(again).Id);
        Assert.Null(Decide(first));
        Assert.Same(KernelRefusal.Replayed, Decide(again));
    }

    /// <summary>Rule 17: refused, once: a bounced payment is not made later by who kept it. The counters are consumed, and nothing else changes.</summary>
    [Fact]
    public void What_was_refused_is_not_done_later()
    {
        var pay = bench.By(bench.Bob).Do(new KernelCalls.Transfer(null, Bench.Party(bench.Ada), Bench.Eur(10), null)).Sign();
        var before = bench.Records();
        Assert.Same(KernelRefusal.InsufficientFunds, Decide(pay));
        Assert.Equal(before, bench.Records());
        bench.Give(bench.Bob, 100);
        Assert.Same(KernelRefusal.Replayed, Decide(pay));
        Assert.Equal(100, bench.Balance(bench.Bob));
    }

    /// <summary>Rules 17 and 26: a decision is an outcome leaf and stands in the history; a void transaction is neither.</summary>
    [Fact]
    public void A_refusal_is_recorded_and_a_void_one_is_not()
    {
        var (history, bad) = (bench.Chain.Ledger.History.Count, Pay(10).Sign());
        bad[^1] ^= 1;
        var block = bench.Chain.Block(bad, Pay(100_000).Sign());
        Assert.Equal([KernelRefusal.BadSignature, KernelRefusal.InsufficientFunds], block.Outcomes.Decisions.Select(decision => decision.Refusal));
        Assert.Equal(history + 1, bench.Chain.Ledger.History.Count);
        Assert.Equal((uint)KernelRefusal.InsufficientFunds.Number, Assert.Single(block.Outcomes.Calls).Code);
    }

    /// <summary>Rule 17: a bad signature, an unknown key, another ledger, a past or far expiry consume nothing.</summary>
    [Fact]
    public void What_is_void_consumes_nothing()
    {
        var all = Everything();
        Assert.Same(KernelRefusal.BadSignature, Decide(Break(Transfer(1, 5).Sign(bench.Ada))));
        Assert.Same(KernelRefusal.UnknownKey, Decide(Signed(new TransactionBuilder(bench.Chain.Ledger.Id, Soon).By(Ledgers.Keys.Of("stranger").Id, 1), Ledgers.Keys.Of("stranger"))));
        Assert.Same(KernelRefusal.Expired, Decide(Signed(new TransactionBuilder(bench.Chain.Ledger.Id, bench.Now).By(bench.Ada.Id, 1), bench.Ada)));
        Assert.Same(KernelRefusal.ExpiryTooFar, Decide(Signed(new TransactionBuilder(bench.Chain.Ledger.Id, bench.Now.Plus(86_401)).By(bench.Ada.Id, 1), bench.Ada)));
        Assert.Equal(all, Everything());
        Assert.Null(Decide(Transfer(1, 5).Sign(bench.Ada)));
    }

    /// <summary>Rule 16: a transaction for another ledger does not decode in this one's entry as anything that its signers signed.</summary>
    [Fact]
    public void A_transaction_for_another_ledger_is_void()
    {
        var other = Signed(new TransactionBuilder(Hash.Of("other"u8), Soon).By(bench.Ada.Id, 900), bench.Ada);
        Assert.Same(KernelRefusal.BadSignature, Decide(other));
        Assert.False(bench.State.WindowOf(bench.Ada.Id, 0).Has(900));
    }

    /// <summary>Rule 17: expiry is bounded ahead, and includes its last moment.</summary>
    [Fact]
    public void Expiry_lies_ahead_and_within_a_day()
    {
        Assert.Null(Decide(Signed(new TransactionBuilder(bench.Chain.Ledger.Id, bench.Now.Plus(1)).By(bench.Ada.Id, 501), bench.Ada)));
        Assert.Null(Decide(Signed(new TransactionBuilder(bench.Chain.Ledger.Id, bench.Now.Plus(86_400)).By(bench.Ada.Id, 502), bench.Ada)));
    }

    /// <summary>Rule 17: within a window of 256 any order goes, each counter once; beyond it nothing does.</summary>
    [Fact]
    public void A_window_of_256_takes_any_order()
    {
        Assert.Null(Decide(Transfer(300, 1).Sign(bench.Ada)));
        Assert.Null(Decide(Transfer(45, 1).Sign(bench.Ada)));
        Assert.Same(KernelRefusal.Replayed, Decide(Transfer(45, 1).Sign(bench.Ada)));
        Assert.Same(KernelRefusal.Replayed, Decide(Transfer(44, 1).Sign(bench.Ada)));
        Assert.Same(KernelRefusal.Replayed, Decide(Transfer(0, 1).Sign(bench.Ada)));
        Assert.Null(Decide(Transfer(299, 1).Sign(bench.Ada)));
        Assert.Null(Decide(Transfer(555, 1).Sign(bench.Ada)));
        Assert.Same(KernelRefusal.Replayed, Decide(Transfer(300, 1).Sign(bench.Ada)));
        Assert.Null(Decide(Transfer(301, 1).Sign(bench.Ada)));
    }

    /// <summary>Rule 17: sixteen lanes, each with a window of its own.</summary>
    [Fact]
    public void Lanes_are_apart_and_sixteen()
    {
        for (byte lane = 0; lane < 16; lane++)
            Assert.Null(Decide(Signed(new TransactionBuilder(bench.Chain.Ledger.Id, Soon).By(bench.Ada.Id, 700, lane), bench.Ada)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransactionBuilder(bench.Chain.Ledger.Id, Soon).By(bench.Ada.Id, 1, 16));
        var bytes = Transfer(800, 5, 15).Sign(bench.Ada);
        var at = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x0f, 0x19, 0x03, 0x20]);
        bytes[at] = 0x10;
        Assert.Throws<Kernel.Cbor.MalformedException>(() => Transaction.Parse(bytes));
    }

    /// <summary>Rule 17, against a plain list of what was used.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_window_says_what_a_list_of_all_used_counters_says(int seed)
    {
        var (random, window, used, highest) = (new Random(seed), default(Window), new HashSet<ulong>(), 0ul);
        for (var round = 0; round < 20_000; round++)
        {
            var next = random.Next(40) == 0 ? highest + (ulong)random.Next(300) : (ulong)Math.Max(0, (long)highest + random.Next(-300, 6));
            var has = next == 0 || used.Contains(next) || next + Window.Size <= highest;
            Assert.Equal(has, window.Has(next));
            if (has) continue;
            window = window.With(next);
            used.Add(next);
            highest = Math.Max(highest, next);
            var writer = new Kernel.Cbor.CborWriter();
            Window.Write(writer, window);
            var reader = new Kernel.Cbor.CborReader(writer.Written);
            Assert.Equal(window, Window.Read(ref reader));
        }
    }

    /// <summary>Rule 16: every signer's counter counts; one that is used voids the whole and consumes none of the others.</summary>
    [Fact]
    public void One_signers_used_counter_voids_it_for_all()
    {
        Assert.Null(Decide(Transfer(9, 1).Sign(bench.Ada)));
        var both = new TransactionBuilder(bench.Chain.Ledger.Id, Soon).By(bench.Ada.Id, 9, 1).By(bench.Bob.Id, 9);
        var (number, codec) = KernelContents.Of<KernelCalls.Transfer>();
        both.Open(0, number, codec, new KernelCalls.Transfer(Bench.Party(bench.Ada), Bench.Party(bench.Bob), Bench.Eur(1), null));
        Assert.Same(KernelRefusal.Replayed, Decide(both.Sign(bench.Ada, bench.Bob)));
        Assert.False(bench.State.WindowOf(bench.Bob.Id, 0).Has(9));
    }

    private Instant Soon => bench.Now.Plus(600);

    private IRefusal? Decide(byte[] transaction) => bench.Chain.Block(transaction).Outcomes.Decisions[0].Refusal;

    private Ledgers.Chain.Step Pay(long minor) => bench.By(bench.Ada).Do(new KernelCalls.Transfer(null, Bench.Party(bench.Bob), Bench.Eur(minor), new Reference(BitConverter.GetBytes((UInt128)counter++))));

    private TransactionBuilder Transfer(ulong number, long minor, byte lane = 1) =>
        With(new TransactionBuilder(bench.Chain.Ledger.Id, bench.Chain.Genesis.Began.Plus(600)).By(bench.Ada.Id, number, lane), minor);

    private TransactionBuilder With(TransactionBuilder builder, long minor)
    {
        var (number, codec) = KernelContents.Of<KernelCalls.Transfer>();
        return builder.Open(0, number, codec, new KernelCalls.Transfer(null, Bench.Party(bench.Bob), Bench.Eur(minor), null));
    }

    private byte[] Signed(TransactionBuilder builder, SigningKey key) => With(builder, 1).Sign(key);

    private static byte[] Break(byte[] transaction)
    {
        transaction[^1] ^= 1;
        return transaction;
    }

    private string[] Everything() => [.. bench.Records(), bench.State.WindowOf(bench.Ada.Id, 1).ToString(), bench.State.WindowOf(bench.Ada.Id, 0).ToString()];
}
