using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Keten.Contracts.Metering;
using Keten.Contracts.Money;
using Keten.Contracts.Tariffs;
using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Tests.Rules;

/// <summary>A whole ledger as it was recorded: what goes in, and what must come out, in lower-case hex. Another implementation checks itself against the same file.</summary>
/// <param name="Genesis">Its bytes.</param>
/// <param name="Entries">The log, from position 1 on.</param>
/// <param name="Receipts">Of some transactions.</param>
/// <param name="Evidence">Of some records.</param>
/// <param name="Snapshot">Of one block.</param>
internal sealed record RecordedLedger(string Genesis, RecordedEntry[] Entries, RecordedReceipt[] Receipts, RecordedEvidence[] Evidence, RecordedSnapshot Snapshot)
{
    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The contracts of the recorded ledger. Those that are added to the product since are none of it.</summary>
    public static Catalogue Catalogue { get; } = new(EMoney.Contents, Measure.Contents, Tariff.Contents, MeteredUse.Contents, StandingMandate.Contents);

    public static string Path([CallerFilePath] string here = "") => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "vectors", "ledger.json");

    public static RecordedLedger Read() => JsonSerializer.Deserialize<RecordedLedger>(File.ReadAllText(Path()), Form) ?? throw new JsonException("The file is empty.");

    /// <summary>JSON with a line for each entry, so that a difference shows which.</summary>
    public string ToText()
    {
        var text = new StringBuilder("{\n");
        text.Append($"  \"genesis\": \"{Genesis}\",\n");
        Lines(text, "entries", Entries);
        Lines(text, "receipts", Receipts);
        Lines(text, "evidence", Evidence);
        return text.Append("  \"snapshot\": ").Append(JsonSerializer.Serialize(Snapshot, Form)).Append("\n}\n").ToString();
    }

    /// <summary>What a block sums up to: of a tick in which nothing falls due the header's hash, which covers the rest; of a skipped entry nothing.</summary>
    public static RecordedEntry Entry(string? what, ReadOnlySpan<byte> bytes, Block? block) => block is null ? new RecordedEntry(what, Hex(bytes))
        : block.Transactions.Count + block.Outcomes.Calls.Count == 0 ? new RecordedEntry(what, Hex(bytes)) { Header = block.Header.Hash.ToString() }
        : new RecordedEntry(what, Hex(bytes))
    {
        Header = block.Header.Hash.ToString(),
        Time = block.Header.Time.Seconds,
        HistoryRoot = block.Header.HistoryRoot.ToString(),
        OutcomeRoot = block.Header.OutcomeRoot.ToString(),
        StateRoot = block.Header.StateRoot.ToString(),
        Codes = [.. block.Outcomes.Decisions.Select(decision => decision.Code)],
        Leaves = block.Outcomes.Calls.Count,
    };

    /// <summary>SHA-256 of a snapshot whose records stand in the order of their keys' bytes: they may stand in any.</summary>
    public static Hash HashOf(Snapshot snapshot)
    {
        var bytes = snapshot.ToBytes();
        var reader = new Kernel.Cbor.CborReader(bytes);
        reader.Item();
        var head = reader.Offset;
        var records = new List<(byte[] Key, byte[] Value)>();
        while (reader.Offset < bytes.Length) records.Add((reader.Item().ToArray(), reader.Item().ToArray()));
        records.Sort((left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));
        return Hash.Of([.. bytes.AsSpan(0, head), .. records.SelectMany(record => (byte[])[.. record.Key, .. record.Value])]);
    }

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static void Lines<T>(StringBuilder text, string name, T[] lines)
    {
        text.Append($"  \"{name}\": [\n");
        for (var each = 0; each < lines.Length; each++) text.Append("    ").Append(JsonSerializer.Serialize(lines[each], Form)).Append(each < lines.Length - 1 ? ",\n" : "\n");
        text.Append("  ],\n");
    }
}

/// <summary>An entry of the log, and its block's sums. Nothing but the bytes: the ledger skips it.</summary>
internal sealed record RecordedEntry(string? What, string Bytes)
{
    public string? Header { get; init; }
    public long? Time { get; init; }
    public string? HistoryRoot { get; init; }
    public string? OutcomeRoot { get; init; }
    public string? StateRoot { get; init; }

    /// <summary>What became of each transaction: 0 where it was done, otherwise the refusal's number on the wire.</summary>
    public uint[]? Codes { get; init; }

    /// <summary>How many outcome leaves: calls and wake-ups.</summary>
    public int? Leaves { get; init; }
}

/// <summary>The receipt of a transaction by the log position of its entry and its place there.</summary>
internal sealed record RecordedReceipt(string What, int Entry, int Place, string Id, string Bytes);

/// <summary>Evidence that a record was there, or was not.</summary>
internal sealed record RecordedEvidence(string What, bool Present, string Bytes);

/// <summary>A snapshot by the log position of its entry, and its hash with the records in the order of their keys' bytes.</summary>
internal sealed record RecordedSnapshot(int Entry, string Hash);
