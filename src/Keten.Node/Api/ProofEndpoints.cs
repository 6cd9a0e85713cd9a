using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Node.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>Evidence of many records at once: one waiting, one header.</summary>
internal static class ProofEndpoints
{
    private const int KeyBytesAtMost = 256;

    public static void Map(WebApplication app) => app.MapPost("/v1/proofs", Prove)
        .About("History", "Evidence of up to 1,000 records of the same moment: an array of record keys, for an array of evidence in the same order; null where there is no such record for this reader", Answers.Cbor)
        .Accepts<byte[]>(Answers.Cbor);

    private static async Task<IResult> Prove(HttpContext http, LedgerNode node, ReaderGuard guard)
    {
        var reader = await guard.ReaderOf(http);
        var keys = KeysOf(await SubmittedBody.Read(http.Request, Pipeline.Proofs.AtOnce));
        var judged = new Dictionary<ulong, bool>();
        var (asked, places) = (new List<byte[]>(keys.Length), new int[keys.Length]);
        for (var each = 0; each < keys.Length; each++)
        {
            places[each] = May(reader, keys[each], judged, node) ? asked.Count : -1;
            if (places[each] >= 0) asked.Add(keys[each]);
        }
        if (asked.Count == 0) return reader.Refuse("None of these records is for this reader.");
        try
        {
            return Answers.Binary(Write(await node.ProveAsync(asked, Proofs.KnownTo(http), http.RequestAborted), places), Answers.Cbor);
        }
        catch (MalformedException)
        {
            return Malformed;
        }
    }

    private static byte[][] KeysOf((ReadOnlyMemory<byte>[] Items, bool Single) body)
    {
        if (body.Single) throw new ProblemException(Problem.BadRequest("Keys come as an array (application/cbor) or one after the other (application/cbor-seq)."));
        return Array.ConvertAll(body.Items, item => item.Length <= KeyBytesAtMost ? item.ToArray() : throw new ProblemException(Malformed));
    }

    // As each is for whom its own address is for; what has no address of its own is for the ledgers that are open to all.
    private static bool May(Reader reader, byte[] key, Dictionary<ulong, bool> judged, LedgerNode node)
    {
        if (reader.Open) return true;
        try
        {
            var at = new CborReader(key);
            at.ArrayOf(2);
            switch (at.Unsigned())
            {
                case 2 or 4 or 12 or 16: // clock, keys, units, sets of validators
                    return true;
                case 7:             // the counters of a key
                    at.ArrayOf(2);
                    var id = at.KeyId();
                    return node.Read(ledger => ledger.State.KeyOf(id)) is { } owned && reader.Is(owned.Party);
                case 5:             // a party
                    return reader.Is(at.Party());
                case 8:             // an account
                    at.Array(3);
                    return at.Peek() == CborKind.Bytes ? reader.Is(at.Party()) : Reads(at.Unsigned());
                case 9 or 11:       // an agreement, its wake-ups
                    return Reads(at.Unsigned());
                case 10:            // a child record
                    at.Array(3);
                    return Reads(at.Unsigned());
                default:
                    return false;
            }
        }
        catch (MalformedException)
        {
            throw new ProblemException(Malformed);
        }

        bool Reads(ulong agreement)
        {
            if (!judged.TryGetValue(agreement, out var may)) judged.Add(agreement, may = AgreementEndpoints.Readable(reader, agreement, node) is null);
            return may;
        }
    }

    private static byte[] Write(StateEvidence[] evidence, int[] places)
    {
        var writer = new CborWriter(1_024 * (evidence.Length + 1));
        writer.Array(places.Length);
        foreach (var place in places)
        {
            if (place < 0) writer.Null();
            else writer.Bytes(evidence[place].ToBytes());
        }
        return writer.ToArray();
    }

    private static Problem Malformed => Problem.BadRequest("A key is the canonical form of [table, key], as docs/formats.md lists them under «State».");
}
