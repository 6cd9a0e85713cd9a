using Keten.Client;
using Keten.Contracts.Financing;
using Keten.Contracts.Money;
using Keten.Kernel;

namespace Keten.Bench.Load;

/// <summary>So many parties with keys, a bank, and everything that they sign; each transfer is signed ahead of the time that is measured. Not for several threads.</summary>
internal sealed class Fleet : IDisposable
{
    /// <summary>What each party is given, in cents: nobody runs out.</summary>
    public const long Funds = 10_000_000;

    private const int FundedAtOnce = 500;
    private const int CallsAtOnce = 10_000;
    private const long SecondsToDecide = 3_600;
    private static readonly Unit Euro = new(1);
    private static readonly Agreement<Clearing> InClearing = new(2);

    private readonly ulong[] counters;
    private readonly Random random = new(1);
    private ulong bankCounter;
    private int units;

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
        await EnrolAsync(ledger, send);
        await OpenUnitAsync(send);
        foreach (var some in Parties.Chunk(FundedAtOnce)) await send([Issue(1, Funds, some)]);
    }

    /// <summary>Enrols everybody, without money.</summary>
    public async Task EnrolAsync(Hash ledger, Func<byte[][], Task> send)
    {
        Ledger = ledger;
        foreach (var some in InTurn(Keys.Length, (each, builder) => builder.Enrol(Keys[each].Public)).Chunk(500)) await send(some);
    }

    /// <summary>Opens so many more units, and gives everybody an account with money in each.</summary>
    public async Task SpreadAsync(int more, Func<byte[][], Task> send)
    {
        for (var last = units + more; units < last;)
        {
            await OpenUnitAsync(send);
            var (giver, unit) = ((units - 1) % Keys.Length, new Unit((uint)units));
            await send([Issue(units, Funds * Keys.Length, Parties[giver])]);
            for (var from = 0; from < Keys.Length; from += CallsAtOnce)
            {
                var builder = New().By(Keys[giver].Id, ++counters[giver]);
                for (var to = from; to < Math.Min(from + CallsAtOnce, Keys.Length); to++)
                    if (to != giver) builder.Transfer(null, Parties[to], unit.Of(Funds));
                await send([builder.Sign(Keys[giver])]);
            }
        }
    }

    /// <summary>Transfers, each with a signature of its own, from everybody in turn to anybody.</summary>
    public byte[][] Transfers(int count)
    {
        var to = Draw(count);
        return InTurn(count, (each, builder) => builder.Transfer(null, to[each], Euro.Of(1 + each % 100)));
    }

    /// <summary>Transactions of so many transfers, each with one signature, from everybody in turn to anybody, in any unit.</summary>
    public byte[][] Batches(int count, int transfersEach)
    {
        var to = Draw(count * transfersEach);
        var unit = Array.ConvertAll(to, _ => new Unit((uint)random.Next(units) + 1));
        return InTurn(count, (each, builder) =>
        {
            for (var one = 0; one < transfersEach; one++)
            {
                var at = each * transfersEach + one;
                builder.Transfer(null, to[at], unit[at].Of(1 + one % 100));
            }
        });
    }

    /// <summary>The bank opens a clearing, and everybody joins it; to be done once, when everybody has money in one unit and nobody has opened anything else.</summary>
    public async Task JoinClearingAsync(Func<byte[][], Task> send)
    {
        await send([ByBank().Open(Clearing.Contents, new Clearing.Begin(Party.Of(Bank.Id), Euro)).Sign(Bank)]);
        var ceiling = Euro.Of(Funds);
        var mandate = new Mandate(ceiling, ceiling, new Instant(DateTimeOffset.UtcNow.ToUnixTimeSeconds()).PlusDays(30));
        foreach (var some in InTurn(Keys.Length, (each, builder) => builder.Call(Clearing.Contents, InClearing, new Clearing.Join(Parties[each], mandate)).AtMost(Keys[each].Id, ceiling)).Chunk(500))
            await send(some);
    }

    /// <summary>Transactions by the bank, each one clearing of so many payments among anybody, each with one signature.</summary>
    public byte[][] Clearings(int count, int paymentsEach)
    {
        var made = new byte[count][];
        for (var each = 0; each < count; each++)
        {
            var payments = new Clearing.Payment[paymentsEach];
            for (var one = 0; one < paymentsEach; one++)
            {
                var from = (uint)random.Next(Keys.Length);
                payments[one] = new Clearing.Payment(from + 1, (from + 1 + (uint)random.Next(Keys.Length - 1)) % (uint)Keys.Length + 1, 1 + one % 100);
            }
            made[each] = ByBank().Call(Clearing.Contents, InClearing, new Clearing.Clear(new Many<Clearing.Payment>(payments), Hash.Of(BitConverter.GetBytes(bankCounter)))).Sign(Bank);
        }
        return made;
    }

    /// <summary>
    /// The bank lends everybody money so many times, by each of the terms in turn, and each loan is drawn at once, for the next party; to be done once, when everybody has money in one unit and
    /// nobody has opened anything else.
    /// </summary>
    public async Task LendAsync(int loansEach, IReadOnlyList<Plan> plans, LoanTerms terms, Func<byte[][], Task> send)
    {
        var (bank, ceiling, until) = (Party.Of(Bank.Id), Euro.Of(Plan.PrincipalAtMost), new Instant(DateTimeOffset.UtcNow.ToUnixTimeSeconds()).PlusDays(366 * 51));
        var (counter, first) = (bankCounter + 2, 2UL);
        await send([Issue(1, plans.Max(plan => plan.Principal.Minor) * Keys.Length * loansEach, bank)]);
        bankCounter = counter + (ulong)Keys.Length;
        foreach (var some in Enumerable.Range(0, Keys.Length).Chunk(100))
        {
            var signed = new byte[some.Length][];
            Parallel.For(0, some.Length, at =>
            {
                var (each, key) = (some[at], Keys[some[at]]);
                var builder = New().By(key.Id, ++counters[each]).By(Bank.Id, counter + (ulong)each);
                for (var loan = 0; loan < loansEach; loan++)
                {
                    var (number, plan) = (first + (ulong)(each * loansEach + loan), plans[loan % plans.Count]);
                    builder.Open(Loan.Contents, new Loan.Agree(bank, Parties[each], Parties[(each + 1) % Parties.Length], plan, terms, null, 0, new Mandate(ceiling, ceiling, until)))
                        .AtMost(Bank.Id, plan.Principal).AtMost(key.Id, ceiling).Call(Loan.Contents, new Agreement<Loan>(number), new Loan.Draw());
                }
                signed[at] = builder.Sign(key, Bank);
            });
            await send(signed);
        }
    }

    public void Dispose()
    {
        foreach (var key in Keys) key.Dispose();
        Bank.Dispose();
    }

    private async Task OpenUnitAsync(Func<byte[][], Task> send)
    {
        await send([ByBank().Open(EMoney.Contents, new EMoney.Begin(Party.Of(Bank.Id), "EUR", 2)).Sign(Bank)]);
        units++;
    }

    // The money that is opened first has number 1, as agreement and as unit, and so on: nobody else is on the ledger.
    private byte[] Issue(int unit, long minor, params ReadOnlySpan<Party> parties)
    {
        var builder = ByBank();
        foreach (var party in parties)
            builder.Call(EMoney.Contents, new Agreement<EMoney>((ulong)unit), new EMoney.Issue(party, new Unit((uint)unit).Of(minor), Hash.Of(Convert.FromHexString(party.ToString()))));
        return builder.Sign(Bank);
    }

    private TransactionBuilder ByBank() => New().By(Bank.Id, ++bankCounter);

    private TransactionBuilder New() => new(Ledger, new Instant(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + SecondsToDecide));

    private Party[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => Parties[random.Next(Parties.Length)])];

    // By one party after another. A counter follows from the place, whichever core signs first: a key's counters may be out of order by 256 at most.
    private byte[][] InTurn(int count, Action<int, TransactionBuilder> fill)
    {
        var signed = new byte[count][];
        Parallel.For(0, count, each =>
        {
            var key = Keys[each % Keys.Length];
            var builder = New().By(key.Id, counters[each % Keys.Length] + (ulong)(each / Keys.Length) + 1);
            fill(each, builder);
            signed[each] = builder.Sign(key);
        });
        for (var party = 0; party < Math.Min(count, Keys.Length); party++) counters[party] += (ulong)((count - party - 1) / Keys.Length) + 1;
        return signed;
    }
}
