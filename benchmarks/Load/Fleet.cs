using Keten.Client;
using Keten.Contracts.Money;
using Keten.Kernel;

namespace Keten.Bench.Load;

/// <summary>So many parties with keys, a bank, and everything that they sign; each transfer is signed ahead of the time that is measured. Not for several threads.</summary>
internal sealed class Fleet : IDisposable
{
    /// <summary>What each party is given, in cents: nobody runs out.</summary>
    public const long Funds = 100_000_000;

    private const int FundedAtOnce = 500;
    private const long SecondsToDecide = 3_600;
    private static readonly Unit Euro = new(1);

    private readonly ulong[] counters;
    private readonly Random random = new(1);
    private ulong bankCounter;

    public Fleet(int size)
    {
        Keys = new SigningKey[size];
        counters = new ulong[size];
        Parallel.For(0, size, each => Keys[each] = SigningKey.Generate());
        Parties = Array.ConvertAll(Keys, key => Party.Of(key.Id));
    }

    public SigningKey Bank { get; } = SigningKey.Generate();

    public SigningKey[] Keys { get; }

    public Party[] Parties { get; }

    /// <summary>Where what is signed is for.</summary>
    public Hash Ledger { get; set; }

    /// <summary>Enrols everybody, opens the money and gives it out; the bank is the ledger's founder.</summary>
    /// <param name="ledger">Which ledger they join.</param>
    /// <param name="send">Submits some transactions and waits until they are done.</param>
    public async Task FoundAsync(Hash ledger, Func<byte[][], Task> send)
    {
        Ledger = ledger;
        foreach (var some in Sign(Keys.Length, each => Begin(each).Enrol(Keys[each].Public).Sign(Keys[each])).Chunk(500)) await send(some);
        await send([ByBank().Open(EMoney.Contents, new EMoney.Begin(Party.Of(Bank.Id), "EUR", 2)).Sign(Bank)]);
        foreach (var some in Parties.Chunk(FundedAtOnce))
        {
            var builder = ByBank();
            foreach (var party in some) builder.Call(EMoney.Contents, new Agreement<EMoney>(1), new EMoney.Issue(party, Euro.Of(Funds), Hash.Of(Convert.FromHexString(party.ToString()))));
            await send([builder.Sign(Bank)]);
        }
    }

    /// <summary>Transfers, each with a signature of its own, from everybody in turn to anybody.</summary>
    public byte[][] Transfers(int count)
    {
        var to = Draw(count);
        return Sign(count, each => Begin(each % Keys.Length).Transfer(null, to[each], Euro.Of(1 + each % 100)).Sign(Keys[each % Keys.Length]));
    }

    /// <summary>Transactions of so many transfers, each with one signature, from everybody in turn to anybody.</summary>
    public byte[][] Batches(int count, int transfersEach)
    {
        var to = Draw(count * transfersEach);
        return Sign(count, each =>
        {
            var builder = Begin(each % Keys.Length);
            for (var one = 0; one < transfersEach; one++) builder.Transfer(null, to[each * transfersEach + one], Euro.Of(1 + one % 100));
            return builder.Sign(Keys[each % Keys.Length]);
        });
    }

    /// <summary>The next transaction of a party, which has not used its counter.</summary>
    public TransactionBuilder Begin(int party) => New().By(Keys[party].Id, Interlocked.Increment(ref counters[party]));

    public void Dispose()
    {
        foreach (var key in Keys) key.Dispose();
        Bank.Dispose();
    }

    private TransactionBuilder ByBank() => New().By(Bank.Id, ++bankCounter);

    private TransactionBuilder New() => new(Ledger, new Instant(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + SecondsToDecide));

    private Party[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => Parties[random.Next(Parties.Length)])];

    private static byte[][] Sign(int count, Func<int, byte[]> sign)
    {
        var signed = new byte[count][];
        Parallel.For(0, count, each => signed[each] = sign(each));
        return signed;
    }
}
