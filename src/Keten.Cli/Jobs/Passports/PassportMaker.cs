using Keten.Client;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;

namespace Keten.Cli.Jobs;

/// <summary>Gathers a passport from a node, as the keeper reads it.</summary>
public static class PassportMaker
{
    // What a node proves at once, less what is there besides readings.
    private const uint EntriesAtMost = 900;

    /// <summary>Makes one, and checks it.</summary>
    /// <param name="client">A client that signs as the keeper.</param>
    /// <param name="genesis">Of the ledger.</param>
    /// <param name="register">The register's agreement.</param>
    /// <param name="vin">Which vehicle.</param>
    /// <param name="receipts">Of transactions that the keeper wants to show besides.</param>
    /// <param name="keeper">The keeper's own key.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <exception cref="EvidenceMissingException">The node does not show a record to this key, or there is none.</exception>
    public static async Task<Passport> MakeAsync(KetenClient client, Genesis genesis, ulong register, string vin, IReadOnlyList<byte[]> receipts, Signer keeper, CancellationToken cancel = default)
    {
        if (!Iso3779.IsWellFormed(vin)) throw new EvidenceMissingException($"{vin} is no vehicle identification number.");
        byte[][] first = [RecordKeys.Agreement(register), PassportRecords.Vehicle(register, vin)];
        var row = Value(await client.ProofsAsync(first, cancel), 1, $"{vin} in register {register}");
        var vehicle = PassportRecords.Row<Registration.Vehicle>(Registration.Contents, Registration.Vehicles.Number, row);
        byte[][] second = [RecordKeys.Party(vehicle.Keeper), RecordKeys.Agreement(vehicle.Life.Number)];
        var book = PassportRecords.State(VehicleLife.Contents, Value(await client.ProofsAsync(second, cancel), 1, $"book {vehicle.Life.Number}"));
        if (book.Entries > EntriesAtMost) throw new EvidenceMissingException($"The book has {book.Entries} entries; a passport shows {EntriesAtMost} at most.");
        var recalls = book.Recalls.Number;
        byte[][] known = [.. first, .. second, RecordKeys.Agreement(recalls), PassportRecords.Built(recalls, vin), PassportRecords.Open(recalls, vin)];
        var asked = new List<byte[]>(known);
        for (var entry = book.LastReading; entry > 0; entry--) asked.Add(PassportRecords.Reading(vehicle.Life.Number, entry));
        var shown = await client.ProofsAsync(asked, cancel);
        var evidence = new List<StateEvidence>();
        // An entry in which the odometer was not read has no reading: what proves that is left out.
        for (var place = 0; place < shown.Length; place++)
            if (shown[place] is not { } one) throw new EvidenceMissingException("The node does not show this key one of the records.");
            else if (place < known.Length || one.Value is not null) evidence.Add(one);
        return Passport.Make(genesis, register, vin, evidence, receipts, keeper);
    }

    private static byte[] Value(StateEvidence?[] shown, int place, string what) =>
        shown[place]?.Value ?? throw new EvidenceMissingException($"There is no {what}, or the node does not show it to this key.");
}
