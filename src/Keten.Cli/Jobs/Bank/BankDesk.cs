using System.Globalization;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Connectors.Sepa;
using Keten.Contracts.Banking;
using Keten.Contracts.Money;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>A collection as its gateway sees it.</summary>
/// <param name="Agreement">Which.</param>
/// <param name="State">As it is.</param>
/// <param name="Debits">By their numbers.</param>
/// <param name="Money">How its money is counted.</param>
public sealed record HeldCollection(Agreement<Collection> Agreement, Collection State, SortedDictionary<uint, Debit> Debits, MoneyUnit Money);

/// <summary>The payouts of a gateway.</summary>
/// <param name="Agreement">Which.</param>
/// <param name="State">As it is.</param>
/// <param name="Orders">By the redemption.</param>
public sealed record HeldPayouts(Agreement<Payouts> Agreement, Payouts State, Dictionary<Hash, Payouts.Payout> Orders);

/// <summary>A unit of e-money and who issues it.</summary>
/// <param name="Unit">Which.</param>
/// <param name="Decimals">Of its smallest part.</param>
/// <param name="Issuing">The agreement that issues it.</param>
public sealed record MoneyUnit(Unit Unit, int Decimals, Agreement<EMoney> Issuing)
{
    /// <summary>In cents.</summary>
    /// <exception cref="FormatException">It is no whole number of cents.</exception>
    public long Cents(Amount amount)
    {
        var (cents, rest) = Decimals < 2 ? (checked(amount.Minor * Power(2 - Decimals)), 0L) : Math.DivRem(amount.Minor, Power(Decimals - 2));
        return rest == 0 ? cents : throw new FormatException("An amount that goes to the bank is of whole cents.");
    }

    /// <summary>From what a bank writes; null where it is less than the unit's smallest part, or more than any amount.</summary>
    public Amount? Of(decimal value)
    {
        var minor = value * Power(Decimals);
        return decimal.IsInteger(minor) && minor < Amount.Limit ? Unit.Of((long)minor) : null;
    }

    private static long Power(int decimals) => Enumerable.Range(0, decimals).Aggregate(1L, (power, _) => power * 10);
}

/// <summary>A gateway's desk at a node: reads the agreements that name it, opens the accounts that it may read, and signs what the bank did.</summary>
/// <param name="node">The node, as the gateway reads it.</param>
/// <param name="wallet">The gateway's key at work.</param>
/// <param name="ledger">Which ledger.</param>
/// <param name="gateway">Who it is.</param>
/// <param name="now">Today, by the machine's clock: it says which debits can still reach the bank, and stands in no file.</param>
public sealed class BankDesk(KetenClient node, Wallet wallet, Hash ledger, Party gateway, Instant now)
{
    private const int PageAtMost = 500;
    private readonly Dictionary<Hash, BankAccount> accounts = [];
    private readonly Dictionary<Unit, MoneyUnit> units = [];

    /// <summary>Which ledger.</summary>
    public Hash Ledger => ledger;

    /// <summary>Who it is.</summary>
    public Party Gateway => gateway;

    /// <summary>Today.</summary>
    public Instant Now => now;

    /// <summary>The node.</summary>
    public KetenClient Node => node;

    /// <summary>Whose key signs.</summary>
    public Signer Key => wallet.Signer;

    /// <summary>The collections whose gateway this is.</summary>
    public async Task<List<HeldCollection>> CollectionsAsync(CancellationToken cancel)
    {
        var held = new List<HeldCollection>();
        foreach (var (number, state) in await StatesAsync<Collection>(Collection.Contents, cancel))
        {
            if (state.Gateway != gateway) continue;
            var debits = new SortedDictionary<uint, Debit>();
            foreach (var (key, debit) in await RowsAsync<Debit>(number, Collection.Contents, Collection.Debits.Number, cancel))
                debits.Add(uint.Parse(key, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), debit);
            held.Add(new HeldCollection(new Agreement<Collection>(number), state, debits, await MoneyAsync(state.Shortfall.Unit, cancel)));
        }
        return held;
    }

    /// <summary>The payouts whose gateway this is.</summary>
    public async Task<List<HeldPayouts>> PayoutsAsync(CancellationToken cancel)
    {
        var held = new List<HeldPayouts>();
        foreach (var (number, state) in await StatesAsync<Payouts>(Payouts.Contents, cancel))
        {
            if (state.Gateway != gateway) continue;
            var orders = await RowsAsync<Payouts.Payout>(number, Payouts.Contents, Payouts.Orders.Number, cancel);
            held.Add(new HeldPayouts(new Agreement<Payouts>(number), state, orders.ToDictionary(row => Hash.TryParse(row.Key, out var key) ? key : default, row => row.Record)));
        }
        return held;
    }

    /// <summary>The account of a commitment, out of the vault.</summary>
    /// <exception cref="FormatException">It is not there for this reader, or is no account.</exception>
    public async Task<BankAccount> AccountAsync(Hash commitment, CancellationToken cancel)
    {
        if (accounts.TryGetValue(commitment, out var known)) return known;
        var document = await node.DocumentAsync(commitment, cancel) ?? throw new FormatException($"The vault has no account under {commitment} for this reader: its owner must let the gateway read it.");
        return accounts[commitment] = BankAccount.FromBytes(document.Content);
    }

    /// <summary>How a unit is counted, and who issues it.</summary>
    public async Task<MoneyUnit> MoneyAsync(Unit unit, CancellationToken cancel)
    {
        if (units.TryGetValue(unit, out var known)) return known;
        var json = await node.UnitAsync(unit, cancel) ?? throw new FormatException($"The ledger has no unit {unit.Number}.");
        return units[unit] = new MoneyUnit(unit, (int)json["decimals"]!, new Agreement<EMoney>(json["issuer"]!.GetValue<ulong>()));
    }

    /// <summary>The money that the gateway issues itself.</summary>
    public async Task<List<MoneyUnit>> OwnMoneyAsync(CancellationToken cancel)
    {
        var own = new List<MoneyUnit>();
        foreach (var (_, state) in await StatesAsync<EMoney>(EMoney.Contents, cancel))
            if (state.Issuer == gateway) own.Add(await MoneyAsync(state.Unit, cancel));
        return own;
    }

    /// <summary>Signs calls as one transaction, and waits until it is final.</summary>
    public async Task<Submission> SendAsync(Action<TransactionBuilder> calls, CancellationToken cancel)
    {
        var transaction = await wallet.BeginAsync(cancel: cancel);
        calls(transaction);
        return await wallet.SendAsync(transaction, cancel: cancel);
    }

    /// <summary>What was told under an agreement, by its name.</summary>
    public async IAsyncEnumerable<JsonObject> EventsAsync(ulong agreement, string name, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await UpToDateAsync(cancel);
        for (string? after = ""; after is not null;)
        {
            var page = await node.AgreementEventsAsync(agreement, string.Create(CultureInfo.InvariantCulture, $"limit={PageAtMost}{after}"), cancel);
            foreach (var line in page?["lines"]?.AsArray() ?? [])
                if (line is JsonObject told && (string?)told["name"] == name) yield return told;
            after = (string?)page?["next"] is { } next ? "&after=" + next : null;
        }
    }

    private async Task UpToDateAsync(CancellationToken cancel)
    {
        if (await node.HeadAsync(cancel) is { } head) await node.ViewsAsync(head.Header.Height, cancel);
    }

    private async Task<List<(ulong Number, T State)>> StatesAsync<T>(Contract contract, CancellationToken cancel) where T : notnull
    {
        await UpToDateAsync(cancel);
        var found = new List<(ulong, T)>();
        for (ulong? after = 0; after is { } from;)
        {
            var page = await node.AgreementsAsync(from, PageAtMost, cancel) ?? throw new FormatException("The node does not take this key for a party of the ledger.");
            foreach (var line in page["agreements"]!.AsArray())
            {
                if ((int)line!["contract"]!["code"]! != contract.Code || line["number"]!.GetValue<ulong>() is var number && await node.AgreementAsync(number, cancel) is not { } agreement) continue;
                found.Add((number, NodeRecords.Read<T>(contract.StateCodec, agreement["state"])));
            }
            after = page["next"]?.GetValue<ulong>();
        }
        return found;
    }

    private async Task<List<(string Key, T Record)>> RowsAsync<T>(ulong agreement, Contract contract, byte table, CancellationToken cancel) where T : notnull
    {
        var (found, codec) = (new List<(string, T)>(), contract.Tables.Single(kept => kept.Number == table).ValueCodec);
        for (string? after = null; ;)
        {
            var page = await node.RecordsAsync(agreement, table, after, PageAtMost, cancel);
            foreach (var row in page?["records"]?.AsArray() ?? []) found.Add(((string)row!["key"]!, NodeRecords.Read<T>(codec, row["record"])));
            if ((after = (string?)page?["next"]) is null) return found;
        }
    }
}
