using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Connectors.Epcis;
using Keten.Contracts.Parts;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;

namespace Keten.Cli.Jobs;

/// <summary>What a record says of one part: as a node shows it to a member, with the evidence of each piece.</summary>
/// <param name="Part">As it stands; null where nothing was done with it yet.</param>
/// <param name="Batch">Its batch; null where nobody has made it, or nothing was done with it yet.</param>
/// <param name="Steps">Its steps, in order.</param>
/// <param name="Papers">Its documents, in order.</param>
/// <param name="Evidence">Of all of these, all of one moment.</param>
public sealed record PartHistory(Part? Part, Batch? Batch, IReadOnlyList<PartStep> Steps, IReadOnlyList<Paper> Papers, IReadOnlyList<StateEvidence> Evidence)
{
    // What a node proves at once, less what is there besides.
    private const uint PiecesAtMost = 900;

    /// <summary>Asks a node.</summary>
    /// <param name="client">A client that signs as a member of the record.</param>
    /// <param name="record">The record's agreement.</param>
    /// <param name="id">Which part.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <exception cref="EvidenceMissingException">The node does not show the record to this key, or the part has too long a history.</exception>
    public static async Task<PartHistory> ReadAsync(KetenClient client, ulong record, Sgtin id, CancellationToken cancel = default)
    {
        var key = KeyOf(id.Key);
        var item = RecordKeys.Row(record, SerialParts.Items.Number, key);
        if ((await client.ProofsAsync([item], cancel))[0] is not { } first) throw new EvidenceMissingException($"The node does not show record {record} to this key.");
        if (first.Value is not { } value) return new PartHistory(null, null, [], [], [first]);
        var part = PassportRecords.Row<Part>(SerialParts.Contents, SerialParts.Items.Number, value);
        if (part.Steps + part.Papers > PiecesAtMost) throw new EvidenceMissingException($"More than {PiecesAtMost} steps and documents are not asked for at once.");
        var asked = new List<byte[]> { item };
        for (uint step = 1; step <= part.Steps; step++) asked.Add(RecordKeys.Row(record, SerialParts.Steps.Number, [.. key, .. Number(step)]));
        for (uint paper = 1; paper <= part.Papers; paper++) asked.Add(RecordKeys.Row(record, SerialParts.Papers.Number, [.. key, .. Number(paper)]));
        if (part.Batch > 0) asked.Add(RecordKeys.Row(record, SerialParts.Made.Number, Number(part.Batch)));
        var evidence = new List<StateEvidence>();
        foreach (var shown in await client.ProofsAsync(asked, cancel)) evidence.Add(shown ?? throw new EvidenceMissingException("The node does not show this key one of the records."));
        var (steps, papers) = ((int)part.Steps, (int)part.Papers);
        return new PartHistory(
            Row<Part>(evidence[0], SerialParts.Items.Number), part.Batch > 0 ? Row<Batch>(evidence[^1], SerialParts.Made.Number) : null,
            [.. evidence.Skip(1).Take(steps).Select(one => Row<PartStep>(one, SerialParts.Steps.Number))],
            [.. evidence.Skip(1 + steps).Take(papers).Select(one => Row<Paper>(one, SerialParts.Papers.Number))], evidence);
    }

    /// <summary>The same as EPCIS events.</summary>
    public IReadOnlyList<JsonObject> ToEvents()
    {
        if (Part is not { } part) return [];
        var events = new List<JsonObject>();
        if (Batch is { } batch) events.Add(EpcisWriter.Made(batch, [part.Id]));
        foreach (var step in Steps) events.Add(EpcisWriter.Of(part.Id, step));
        return events;
    }

    private static T Row<T>(StateEvidence evidence, byte table) where T : struct =>
        PassportRecords.Row<T>(SerialParts.Contents, table, evidence.Value ?? throw new EvidenceMissingException("The record lacks a piece that it counts."));

    private static byte[] KeyOf(in PartKey key)
    {
        var bytes = new byte[28];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, key.Gtin);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), key.First);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(16), key.Next);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(24), key.Last);
        return bytes;
    }

    private static byte[] Number(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }
}
