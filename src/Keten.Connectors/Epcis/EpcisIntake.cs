using Keten.Contracts.Parts;
using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Connectors.Epcis;

/// <summary>
/// EPCIS events as calls on a record of parts (docs/contracts/parts.md has the table). Each step's document is the digest of its event's hash ID: whoever has the event can show that it is the one
/// that was signed. A vehicle is named <c>urn:vin:</c> and its identification number: GS1 has no key for it.
/// </summary>
/// <param name="by">Who signs.</param>
/// <param name="record">The record of parts.</param>
/// <param name="partyOf">The party that a location's or organisation's URI stands for.</param>
/// <param name="consignmentOf">The agreement that was begun for a despatch advice.</param>
public sealed class EpcisIntake(Party by, Agreement<SerialParts> record, Func<string, Party?> partyOf, Func<string, Agreement<Consignment>?> consignmentOf)
{
    /// <summary>How the URI of a vehicle begins.</summary>
    public const string Vehicle = "urn:vin:";

    // AI 10 has 20 signs at most; and no text of a call has more than 256 bytes.
    private const int BatchLength = 20, AdviceLength = 80;

    /// <summary>What an event comes to.</summary>
    public EpcisTaken Take(EpcisEvent read)
    {
        if (read.IsDeclaredWrong) return new EpcisTaken([], EpcisLeft.DeclaredWrong);
        return (read.Type, read.Action, read.Step) switch
        {
            (EpcisEventType.ObjectEvent, EpcisAction.Add, "commissioning") => Made(read),
            (EpcisEventType.ObjectEvent, EpcisAction.Delete, "decommissioning" or "destroying") => Each(read, read.Epcs, part => new SerialParts.Scrap(part, Note(read))),
            (EpcisEventType.ObjectEvent, EpcisAction.Observe, "shipping") => Sent(read),
            (EpcisEventType.ObjectEvent, EpcisAction.Observe, "receiving") => Received(read),
            (EpcisEventType.AssociationEvent, EpcisAction.Add, _) => Into(read, read.Parent!, read.Epcs),
            (EpcisEventType.AggregationEvent, EpcisAction.Add, "assembling" or "installing") => Into(read, read.Parent!, read.Epcs),
            (EpcisEventType.AssociationEvent, EpcisAction.Delete, _) => OutOf(read),
            (EpcisEventType.AggregationEvent, EpcisAction.Delete, "disassembling" or "removing") => OutOf(read),
            (EpcisEventType.TransformationEvent, _, _) => read.Outputs.Count == 1 ? Into(read, read.Outputs[0], read.Epcs) : new EpcisTaken([], EpcisLeft.ManyOutputs),
            _ => new EpcisTaken([], EpcisLeft.NothingToDo),
        };
    }

    /// <summary>Parts as few lots as they make: of each article the serials that count in ranges, and the others one by one; null where one is no part.</summary>
    public static IReadOnlyList<Lot>? Lots(IEnumerable<string> epcs)
    {
        var (counting, others) = (new SortedDictionary<string, SortedSet<ulong>>(StringComparer.Ordinal), new List<Lot>());
        foreach (var epc in epcs)
        {
            if (EpcUri.Part(epc) is not { } part) return null;
            if (Gs1.Counting(part.Serial) is not { } number) others.Add(new Lot(part.Gtin, part.Serial, 1));
            else if (counting.TryGetValue(part.Gtin, out var serials)) serials.Add(number);
            else counting[part.Gtin] = [number];
        }
        var lots = new List<Lot>();
        foreach (var (gtin, serials) in counting)
        {
            var (first, last) = (serials.Min, serials.Min);
            foreach (var serial in serials.Skip(1))
            {
                if (serial != last + 1)
                {
                    lots.Add(Range(gtin, first, last));
                    first = serial;
                }
                last = serial;
            }
            lots.Add(Range(gtin, first, last));
        }
        return [.. lots, .. others.Distinct()];
    }

    private static Lot Range(string gtin, ulong first, ulong last) => new(gtin, first.ToString(System.Globalization.CultureInfo.InvariantCulture), (uint)(last - first + 1));

    private PartNote Note(EpcisEvent read) => new(by, new Instant(read.Time.ToUnixTimeSeconds()), new Hash(EventHash.Digest(read)), null);

    private static EpcisTaken Made(EpcisEvent read)
    {
        if (read.Epcs.Count == 0 || Lots(read.Epcs) is not { } lots) return new EpcisTaken([], EpcisLeft.NotParts);
        if (read.MasterData("lotNumber") is not { Length: > 0 and <= BatchLength } batch) return new EpcisTaken([], EpcisLeft.NoBatch);
        var (calls, sheet) = (new List<object>(), new Hash(EventHash.Digest(read)));
        foreach (var lot in lots)
            if (Gs1.Counting(lot.From) is not null) calls.Add(new SerialParts.Make(lot, batch, sheet));
        foreach (var listed in lots.Where(lot => Gs1.Counting(lot.From) is null).GroupBy(lot => lot.Gtin, StringComparer.Ordinal))
            foreach (var page in listed.Chunk(SerialParts.SerialsAtMost)) calls.Add(new SerialParts.MakeListed(listed.Key, new([.. page.Select(lot => lot.From)]), batch, sheet));
        return new EpcisTaken(calls, EpcisLeft.None);
    }

    private EpcisTaken Sent(EpcisEvent read)
    {
        if (read.Epcs.Count == 0 || Lots(read.Epcs) is not { } lots) return new EpcisTaken([], EpcisLeft.NotParts);
        if (lots.Count > Lot.LotsAtMost) return new EpcisTaken([], EpcisLeft.TooMany);
        if (read.Transactions("desadv").FirstOrDefault() is not { Length: <= AdviceLength } advice) return new EpcisTaken([], EpcisLeft.NoAdvice);
        var to = read.Destination("possessing_party") ?? read.Destination("owning_party");
        return to is not null && partyOf(to) is { } party ? new EpcisTaken([new Consignment.Send(by, party, record, advice, new([.. lots]))], EpcisLeft.None) : new EpcisTaken([], EpcisLeft.UnknownParty);
    }

    private EpcisTaken Received(EpcisEvent read)
    {
        if (Lots(read.Epcs) is not { } lots) return new EpcisTaken([], EpcisLeft.NotParts);
        if (lots.Count > Lot.LotsAtMost) return new EpcisTaken([], EpcisLeft.TooMany);
        return read.Transactions("desadv").FirstOrDefault() is not { Length: <= AdviceLength } advice || consignmentOf(advice) is not { } consignment ? new EpcisTaken([], EpcisLeft.NoAdvice)
            : new EpcisTaken([new Consignment.Receive(new([.. lots]), new Hash(EventHash.Digest(read)))], EpcisLeft.None, consignment);
    }

    private EpcisTaken Into(EpcisEvent read, string parent, IReadOnlyList<string> children)
    {
        if (VinOf(parent) is { } vin) return Each(read, children, part => new SerialParts.Mount(part, vin, Note(read)));
        return EpcUri.Part(parent) is { } into ? Each(read, children, part => new SerialParts.Assemble(part, into, Note(read))) : new EpcisTaken([], EpcisLeft.NotParts);
    }

    private EpcisTaken OutOf(EpcisEvent read)
    {
        if (VinOf(read.Parent!) is { } vin) return Each(read, read.Epcs, part => new SerialParts.Remove(part, vin, Note(read)));
        return EpcUri.Part(read.Parent!) is null ? new EpcisTaken([], EpcisLeft.NotParts) : Each(read, read.Epcs, part => new SerialParts.Remove(part, null, Note(read)));
    }

    private static EpcisTaken Each(EpcisEvent read, IReadOnlyList<string> epcs, Func<Sgtin, object> call)
    {
        var calls = new List<object>();
        foreach (var epc in epcs)
        {
            if (EpcUri.Part(epc) is not { } part) return new EpcisTaken([], EpcisLeft.NotParts);
            calls.Add(call(part));
        }
        return calls.Count > 0 && read.Quantities.Count == 0 ? new EpcisTaken(calls, EpcisLeft.None) : new EpcisTaken([], EpcisLeft.NotParts);
    }

    private static string? VinOf(string uri) =>
        uri.StartsWith(Vehicle, StringComparison.Ordinal) && Iso3779.IsWellFormed(uri[Vehicle.Length..]) ? uri[Vehicle.Length..] : null;
}

/// <summary>What an event comes to.</summary>
/// <param name="Calls">Clauses of <see cref="SerialParts"/> and <see cref="Consignment"/>, in order; none, where it was left.</param>
/// <param name="Left">Why it was left.</param>
/// <param name="Consignment">On which consignment, where the calls are of one.</param>
public sealed record EpcisTaken(IReadOnlyList<object> Calls, EpcisLeft Left, Agreement<Consignment>? Consignment = null);

/// <summary>Why an event comes to no call.</summary>
public enum EpcisLeft
{
    /// <summary>It does.</summary>
    None = 0,

    /// <summary>Nothing happens to parts by it: they were seen, packed, or belong to a business transaction.</summary>
    NothingToDo = 1,

    /// <summary>What it is about is not all parts with serials, or its parent is neither a part nor a vehicle.</summary>
    NotParts = 2,

    /// <summary>Parts were made, and their batch is not named (<c>cbvmda:lotNumber</c>, 20 signs at most).</summary>
    NoBatch = 3,

    /// <summary>A transformation makes more than one part of what it uses up, or none.</summary>
    ManyOutputs = 4,

    /// <summary>It was declared to be wrong.</summary>
    DeclaredWrong = 5,

    /// <summary>Nobody has said which party the destination is.</summary>
    UnknownParty = 6,

    /// <summary>It names no despatch advice (80 signs at most), or nobody has said which consignment that is.</summary>
    NoAdvice = 7,

    /// <summary>Its serials make more lots than a list has.</summary>
    TooMany = 8,
}
