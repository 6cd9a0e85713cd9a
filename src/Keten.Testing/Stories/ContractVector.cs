using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keten.Kernel;

namespace Keten.Testing;

/// <summary>
/// What of a contract's version stays for ever, as a file to keep beside its tests: a sample of each record in canonical bytes, with the names and kinds of its fields, and each
/// refusal with its number and sentence. The samples are drawn once, when it is recorded; afterwards they are only read.
/// </summary>
public static class ContractVector
{
    private static readonly JsonSerializerOptions Form = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Draws and records a new vector: for a contract, or a version of it, that has none yet.</summary>
    public static string Record(Contract contract)
    {
        var any = new AnyRecord(new Random(contract.Code), [new Actor("A"), new Actor("B"), new Actor("C")], Hash.Of("Keten.Testing"u8)) { Whole = true };
        var records = Records(contract).Select(record =>
            new RecordLine(record.Place, record.Codec.Name, Fields(record.Codec), Convert.ToHexStringLower(any.Of(record.Codec)))).ToArray();
        return JsonSerializer.Serialize(new Vector(contract.Code, contract.Version, contract.Name, records, Refusals(contract)), Form) + "\n";
    }

    /// <summary>Holds a contract against its recorded vector.</summary>
    /// <exception cref="StoryException">A number, name, field, byte or sentence has changed, or something is not recorded.</exception>
    public static void Check(Contract contract, string recorded)
    {
        var vector = JsonSerializer.Deserialize<Vector>(recorded, Form) ?? throw new StoryException("The vector is empty.");
        if ((vector.Code, vector.Version, vector.Name) != (contract.Code, contract.Version, contract.Name)) throw Changed(contract, "code, version or name");
        var records = Records(contract).ToArray();
        if (records.Length != vector.Records.Length) throw Changed(contract, "how many records there are");
        for (var each = 0; each < records.Length; each++)
        {
            var (now, then) = (records[each], vector.Records[each]);
            if (now.Place != then.Place || now.Codec.Name != then.Name) throw Changed(contract, $"{then.Place}, {then.Name}");
            if (!Fields(now.Codec).AsSpan().SequenceEqual(then.Fields)) throw Changed(contract, $"the fields of {then.Name}");
            var bytes = Convert.FromHexString(then.Bytes);
            if (!Typed.Write(now.Codec, Typed.Read(now.Codec, bytes)).AsSpan().SequenceEqual(bytes)) throw Changed(contract, $"the bytes of {then.Name}");
        }
        if (!Refusals(contract).AsSpan().SequenceEqual(vector.Refusals)) throw Changed(contract, "a refusal");
    }

    private static StoryException Changed(Contract contract, string what) =>
        new($"{contract.Name} version {contract.Version} has changed: {what}. What was recorded stays as it is for ever; make a new version.");

    private static IEnumerable<(string Place, Codec Codec)> Records(Contract contract)
    {
        yield return ("state", contract.StateCodec);
        foreach (var clause in contract.Clauses.OrderBy(clause => clause.Number)) yield return ($"clause {clause.Number}, {clause.Kind}", clause.ArgumentsCodec);
        foreach (var kind in contract.Events.OrderBy(kind => kind.Number)) yield return ($"event {kind.Number}", kind.EventCodec);
        foreach (var table in contract.Tables.OrderBy(table => table.Number)) yield return ($"table {table.Number}", table.ValueCodec);
    }

    private static string[] Fields(Codec codec) =>
        [.. codec.Fields.Select(field => $"{field.Name}: {(field.List ? "list of " : "")}{field.Kind}{(field.Of is { } of ? " " + of.Name : "")}{(field.Optional ? ", optional" : "")}")];

    private static RefusalLine[] Refusals(Contract contract)
    {
        var fields = Typed.TypeOf(contract.StateCodec).GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static);
        return [.. contract.Refusals.OrderBy(refusal => refusal.Number).Select(refusal =>
            new RefusalLine(refusal.Number, Array.Find(fields, field => ReferenceEquals(field.GetValue(null), refusal))?.Name ?? "", refusal.Sentence))];
    }

    private sealed record Vector(ushort Code, ushort Version, string Name, RecordLine[] Records, RefusalLine[] Refusals);

    private sealed record RecordLine(string Place, string Name, string[] Fields, string Bytes);

    private readonly record struct RefusalLine(ushort Number, string Name, string Sentence);
}
