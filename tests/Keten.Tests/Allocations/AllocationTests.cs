using Keten.Client;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.Execution;
using Keten.Tests.Ledgers;
using Xunit.Abstractions;

namespace Keten.Tests.Allocations;

/// <summary>
/// Bytes allocated for the work that a node does for every transfer. They repeat from run to run, where times do not: whoever makes one of these figures worse finds out here, and whoever
/// makes it better lowers the bar.
/// </summary>
public sealed class AllocationTests(ITestOutputHelper output)
{
    private const int Transfers = 1_000;
    private static readonly Unit Euro = new(1);

    [Fact]
    public void Reading_a_transfer_from_a_request()
    {
        var bytes = Payments(Begin(out var parties), parties)[0];
        Holds(500, () => Transaction.Parse(bytes));
    }

    [Fact]
    public void Checking_a_signature_by_a_kept_key()
    {
        var chain = Begin(out var parties);
        var transaction = Transaction.Parse(Payments(chain, parties)[0]);
        Assert.True(ImportedKey.TryImport(chain.State.KeyOf(transaction.Signers[0].Key)!.Key, out var key));
        // The platform's own, for each look at a signature.
        Holds(1_400, () =>
        {
            Span<byte> digest = stackalloc byte[Hash.Size];
            transaction.SigningDigest(0, digest);
            Assert.True(key.Verify(digest, transaction.SignatureOf(0)));
        });
    }

    [Fact]
    public void Packing_a_transfer_into_an_entry_and_reading_it_again()
    {
        var chain = Begin(out var parties);
        var checks = Array.ConvertAll(Payments(chain, parties), bytes => new CheckedTransaction(Transaction.Parse(bytes)));
        Entry? entry = null;
        Holds(270, () => entry = Entry.Sign(chain.Validator, chain.Ledger.Id, 0, 99, chain.Now, checks), Transfers);
        Holds(620, () => Entry.Parse(entry!.Bytes), Transfers);
    }

    [Fact]
    public void Executing_a_transfer_in_a_block()
    {
        var chain = Begin(out var parties);
        // The first blocks make what is kept: accounts, windows, the executor's own lists.
        for (var warm = 0; warm < 3; warm++) chain.Block(Payments(chain, parties));
        var entry = Entry.Parse(chain.Entry(Payments(chain, parties)));
        entry = entry.With([.. entry.Transactions.Select(each => new CheckedTransaction(each))]);
        Holds(900, () => Assert.Equal(Transfers, chain.Ledger.Execute(entry.Bytes, entry)!.Outcomes.Decisions.Count), Transfers, once: true);
    }

    [Fact]
    public void Writing_and_reading_canonical_CBOR()
    {
        var writer = new CborWriter();
        Holds(0, () =>
        {
            writer.Reset();
            writer.Array(3);
            writer.Unsigned(7);
            writer.Integer(-700_000);
            writer.Bytes("twenty bytes and more"u8);
            var reader = new CborReader(writer.Written);
            reader.ArrayOf(3);
            reader.Unsigned();
            reader.Integer();
            reader.Bytes();
            reader.End();
        });
    }

    private static Chain Begin(out SigningKey[] parties)
    {
        var keys = Enumerable.Range(0, 50).Select(each => Keys.Of($"payer {each}")).ToArray();
        var chain = new Chain(founders: keys);
        chain.By(keys[0]).Open(EMoney.Contents, new EMoney.Begin(Party.Of(keys[0].Id), "EUR", 2)).Run();
        foreach (var key in keys) chain.By(keys[0]).Call(1, EMoney.Contents, new EMoney.Issue(Party.Of(key.Id), Euro.Of(1_000_000), Hash.Of(System.Text.Encoding.ASCII.GetBytes(key.Id.ToString())))).Run();
        parties = keys;
        return chain;
    }

    private static byte[][] Payments(Chain chain, SigningKey[] parties) => [.. Enumerable.Range(0, Transfers).Select(each =>
        chain.Begin(parties[each % parties.Length]).Transfer(null, Party.Of(parties[(each + 1) % parties.Length].Id), Euro.Of(1)).Sign(parties[each % parties.Length]))];

    private void Holds(int atMost, Action work, int each = 1, bool once = false)
    {
#if DEBUG
        atMost += atMost / 4;       // the figures are those of an optimised build
#endif
        if (!once) work();
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / each;
        output.WriteLine($"{bytes} bytes, {atMost} at most");
        Assert.InRange(bytes, 0, atMost);
    }
}
