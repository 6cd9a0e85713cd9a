using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Contracts.Devices;
using Keten.Contracts.Metering;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Doors;

/// <summary>What the doors ask of the ledger, through the node.</summary>
/// <param name="client">The node, as the operator reads it.</param>
/// <param name="ledger">Which ledger.</param>
/// <param name="register">The register of devices.</param>
internal sealed class LedgerDesk(KetenClient client, Hash ledger, ulong register)
{
    private const byte DevicesTable = 1, MeterKeysTable = 2, MetersTable = 1;

    /// <summary>The node.</summary>
    public KetenClient Client { get; } = client;

    /// <summary>Which ledger.</summary>
    public Hash LedgerId { get; } = ledger;

    /// <summary>The register of devices.</summary>
    public Agreement<DeviceRegister> Register { get; } = new(register);

    /// <summary>A device of the register, or null.</summary>
    public async Task<Device?> DeviceAsync(Party party, CancellationToken cancel)
    {
        var key = new byte[Party.KeySize];
        party.WriteKey(key);
        return await RowAsync<Device>(DeviceRegister.Contents, register, DevicesTable, key, cancel) is { } row ? row : null;
    }

    /// <summary>Whose meter's a key is or was, or null.</summary>
    public async Task<MeterKey?> MeterKeyAsync(Hash key, CancellationToken cancel) =>
        await RowAsync<MeterKey>(DeviceRegister.Contents, register, MeterKeysTable, key.ToArray(), cancel) is { } row ? row : null;

    /// <summary>The key under which a party signs, and the party; null where the ledger does not know it.</summary>
    public async Task<(Party Party, PublicKey Key)?> SignerAsync(KeyId id, CancellationToken cancel)
    {
        if (await Client.KeyAsync(id, cancel) is not { } known || !Party.TryParse((string?)known["party"], out var party)) return null;
        foreach (var key in (await Client.PartyAsync(party, cancel))?["keys"] as JsonArray ?? [])
            if ((string?)key?["key"] == id.ToString() && PublicKey.TryParse((string?)key["publicKey"] ?? "", out var found)) return (party, found);
        return null;
    }

    /// <summary>An agreement of metered use, and whether it has ended; null where there is none such, or none for the operator.</summary>
    public async Task<(MeteredUse State, bool Ended)?> MeteredUseAsync(ulong number, CancellationToken cancel) =>
        await AgreementAsync<MeteredUse>(MeteredUse.Contents, number, cancel);

    /// <summary>Whether an agreement of metered use accepts a meter.</summary>
    public async Task<bool> AcceptsAsync(ulong number, Party meter, CancellationToken cancel)
    {
        var key = new byte[Party.KeySize];
        meter.WriteKey(key);
        return await RowAsync<MeteredUse.Meter>(MeteredUse.Contents, number, MetersTable, key, cancel) is { Accepted: true };
    }

    /// <summary>A tariff; null where there is none such.</summary>
    public async Task<Tariff?> TariffAsync(Agreement<Tariff> tariff, CancellationToken cancel) => (await AgreementAsync<Tariff>(Tariff.Contents, tariff.Number, cancel))?.State;

    /// <summary>Whether a transaction has been decided; done or refused.</summary>
    public async Task<bool?> DoneAsync(Hash transaction, CancellationToken cancel) => (string?)(await Client.TransactionAsync(transaction, cancel: cancel))?["status"] switch
    {
        null => null,
        "done" => true,
        "refused" => false,
        _ => null,
    };

    /// <summary>The codec of what is signed in a clause.</summary>
    public static Codec<T> CodecOf<T>(Contract contract) where T : notnull
    {
        foreach (var clause in contract.Clauses)
            foreach (var field in clause.ArgumentsCodec.Fields)
                if (field.Of is Codec<T> codec) return codec;
        throw new InvalidOperationException($"{contract.Name} takes no such statement.");
    }

    private async Task<(T State, bool Ended)?> AgreementAsync<T>(Contract contract, ulong number, CancellationToken cancel) where T : class
    {
        if (await Client.AgreementAsync(number, cancel) is not { } shown || (ushort?)shown["contract"]?["code"] != contract.Code) return null;
        return (NodeRecords.Read<T>(contract.StateCodec, shown["state"]), (bool?)shown["ended"] ?? false);
    }

    private async Task<T?> RowAsync<T>(Contract contract, ulong agreement, byte table, byte[] key, CancellationToken cancel) where T : struct
    {
        if (await Client.RecordAsync(agreement, table, key, cancel) is not { } row) return null;
        foreach (var kept in contract.Tables)
            if (kept.Number == table) return NodeRecords.Read<T>(kept.ValueCodec, row["record"]);
        throw new InvalidOperationException($"{contract.Name} keeps no such table.");
    }
}
