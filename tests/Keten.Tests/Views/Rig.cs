using Keten.Client;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Pipeline;
using Keten.Node.Views;
using Keten.Tests.Ledgers;

namespace Keten.Tests.Views;

/// <summary>A ledger in memory with an issuer of euros, whose final blocks can be followed as a node's.</summary>
internal sealed class Rig : IDisposable
{
    private static readonly (ushort Number, Codec<KernelCalls.Transfer> Codec) Transfer = KernelContents.Of<KernelCalls.Transfer>();
    private readonly List<FinalBlock> blocks = [];
    private readonly SemaphoreSlim added = new(0);

    public Rig(int parties = 3)
    {
        Bank = Enrol();
        Keys = new SigningKey[parties];
        for (var each = 0; each < parties; each++) Keys[each] = Enrol();
        Add(Chain.Begin(Bank).Open(1, 1, Arguments<EMoney.Begin>(), new EMoney.Begin(Party.Of(Bank.Id), "EUR", 2)).Sign(Bank));
    }

    public Chain Chain { get; } = new();

    public SigningKey Bank { get; }

    public SigningKey[] Keys { get; }

    public Unit Euro { get; } = new(1);

    public IReadOnlyList<FinalBlock> Blocks => blocks;

    public ulong Height => Chain.Ledger.Head!.Height;

    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("keten-views-");

    public string File => Path.Combine(Folder.FullName, "views.db");

    public ViewSource Source => new(
        Chain.Ledger.Id, Follow, height => height >= 1 && height <= (ulong)blocks.Count ? blocks[(int)height - 1].Certificate.Header.Hash : null,
        key => Chain.State.KeyOf(key)?.Party, numbers => ViewSource.Of(Chain.Ledger, numbers));

    public Party this[int index] => Party.Of(Keys[index].Id);

    public FinalBlock Add(params byte[][] transactions)
    {
        var block = Chain.Block(transactions);
        var certificate = new Certificate(block.Header, new Many<Attestation>(Attestation.Sign(Chain.Validator, block.Header)));
        var readers = block.Outcomes.Events.Select(made => Chain.Ledger.ReadersOf(made.Agreement)!.Value).ToArray();
        var final = new FinalBlock(certificate, block.Transactions, block.Outcomes, readers);
        blocks.Add(final);
        added.Release();
        return final;
    }

    public byte[] Issue(int to, long cents) =>
        Chain.Begin(Bank).Call(1, 2, Arguments<EMoney.Issue>(), new EMoney.Issue(this[to], Euro.Of(cents), Hash.Of(Guid.NewGuid().ToByteArray()))).Sign(Bank);

    public byte[] Pay(int from, int to, long cents, Reference? reference = null) =>
        Chain.Begin(Keys[from]).Open(0, Transfer.Number, Transfer.Codec, new KernelCalls.Transfer(null, this[to], Euro.Of(cents), reference)).Sign(Keys[from]);

    public byte[] Redeem(int holder, long cents) => Chain.Begin(Keys[holder])
        .Call(1, 3, Arguments<EMoney.Redeem>(), new EMoney.Redeem(this[holder], Euro.Of(cents), default)).AtMost(Keys[holder].Id, Euro.Of(cents)).Sign(Keys[holder]);

    /// <summary>Some blocks of payments, redemptions and refusals, some of them empty.</summary>
    public void Churn(Random random, int count)
    {
        for (var block = 0; block < count; block++)
        {
            var transactions = new List<byte[]>();
            for (var left = random.Next(6); left > 0; left--)
                transactions.Add(random.Next(5) switch
                {
                    0 => Issue(random.Next(Keys.Length), random.Next(1, 1000)),
                    1 => Redeem(random.Next(Keys.Length), random.Next(1, 400)),
                    _ => Pay(random.Next(Keys.Length), random.Next(Keys.Length), random.Next(1, 300)),
                });
            Chain.Now = Chain.Now.Plus(random.Next(3));
            Add([.. transactions]);
        }
    }

    public async Task<ViewStore> OpenCaughtUpAsync(string? file = null)
    {
        var store = ViewStore.Open(file ?? File, Source);
        await store.CatchUpAsync(Height);
        return store;
    }

    public async IAsyncEnumerable<FinalBlock> Follow(ulong after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        for (var next = (int)after; ; next++)
        {
            while (next >= blocks.Count) await added.WaitAsync(cancel);
            yield return blocks[next];
        }
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Folder.Delete(recursive: true);
    }

    private static Codec<T> Arguments<T>() where T : notnull => (Codec<T>)EMoney.Contents.ClauseOf<T>().ArgumentsCodec;

    private SigningKey Enrol()
    {
        var key = SigningKey.Generate();
        var (number, codec) = KernelContents.Of<KernelCalls.Enrol>();
        Add(Chain.Begin(key).Open(0, number, codec, new KernelCalls.Enrol(key.Public)).Sign(key));
        return key;
    }
}
