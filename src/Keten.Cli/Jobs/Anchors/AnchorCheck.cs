using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Anchors;

namespace Keten.Cli.Jobs.Anchors;

/// <summary>An anchor that was found, and what is wrong with it by itself.</summary>
/// <param name="Place">In which file.</param>
/// <param name="Height">Of which block.</param>
/// <param name="Header">Which header was anchored.</param>
/// <param name="At">When; as the authority says, or as who wrote the file says.</param>
/// <param name="By">Who stamped it; null of a line in a file.</param>
/// <param name="Fault">Why it counts for nothing; null where it is good.</param>
internal sealed record FoundAnchor(string Place, ulong Height, Hash Header, Instant? At, string? By, string? Fault)
{
    /// <summary>All anchors of files and of a data folder's tokens, by height.</summary>
    public static IReadOnlyList<FoundAnchor> All(IEnumerable<string> files, string? dataFolder, Hash? ledger, X509Certificate2Collection? roots)
    {
        var found = new List<FoundAnchor>();
        foreach (var file in files)
        {
            if (!File.Exists(file)) throw ExitException.Usage($"There is no file {file}.");
            foreach (var one in new AnchorFile(file).Read())
                found.Add(new FoundAnchor(file, one.Height, one.Header, one.At, null, ledger is { } own && one.Ledger != own ? $"It is of another ledger, {one.Ledger}." : null));
        }
        if (dataFolder is not null)
            foreach (var (height, header, file) in new TokenFolder(dataFolder).List()) found.Add(OfToken(height, header, file, roots));
        return [.. found.OrderBy(one => one.Height)];
    }

    private static FoundAnchor OfToken(ulong height, Hash header, string file, X509Certificate2Collection? roots)
    {
        try
        {
            var token = TimestampToken.Read(Files.Read(new FileInfo(file), TimestampToken.BytesAtMost));
            var fault = token.Hash != header ? "The token stamps something else than its name says." : roots is not null && !token.IsTrusted(roots) ? $"Its authority, {token.Authority.Subject}, is none that is trusted." : null;
            return new FoundAnchor(file, height, header, new Instant(token.At.ToUnixTimeSeconds()), token.Authority.Subject, fault);
        }
        catch (FormatException fault)
        {
            return new FoundAnchor(file, height, header, null, null, fault.Message);
        }
    }
}

/// <summary>Whether the chain of headers that a node shows, certified from the genesis on, leads to what was anchored.</summary>
internal static class AnchorCheck
{
    /// <summary>What contradicts, for each anchor; null where the ledger leads to it.</summary>
    /// <exception cref="ExitException">The node shows no chain: its headers do not follow from each other, or are not certified.</exception>
    public static async Task<IReadOnlyList<(FoundAnchor Anchor, string? Fault)>> RunAsync(KetenClient client, Genesis genesis, IReadOnlyList<FoundAnchor> anchors, Action<double> progress, CancellationToken cancel)
    {
        var ledger = new LightClient(genesis);
        var head = await client.HeadAsync(cancel) ?? throw new ExitException(Exit.Failed, "The ledger has no block yet.");
        for (var more = await client.ChangesOfValidatorsAsync(0, cancel); more.Length > 0; more = await client.ChangesOfValidatorsAsync(ledger.ChangedAt, cancel))
            if (!ledger.Take(more)) throw NotCertified(client);
        if (head.Header.Height >= (ledger.Certificate?.Header.Height ?? 0) && ledger.Weigh(head) is HeaderNews.NotCertified or HeaderNews.Fork) throw NotCertified(client);
        head = ledger.Certificate!;
        var good = anchors.Where(one => one.Fault is null && one.Height <= head.Header.Height).ToArray();
        var headers = good.Length == 0 ? [] : await HeadersAsync(client, head.Header, good.Min(one => one.Height), [.. good.Select(one => one.Height)], progress, cancel);
        return [.. anchors.Select(one => (one, one.Fault ?? Against(one, head.Header, headers)))];
    }

    private static string? Against(FoundAnchor anchor, Header head, Dictionary<ulong, Hash> headers) =>
        anchor.Height > head.Height ? string.Create(CultureInfo.InvariantCulture, $"The ledger ends with block {head.Height}.")
        : headers[anchor.Height] == anchor.Header ? null : $"The ledger's header there is {headers[anchor.Height]}.";

    // Each names the one before it by its hash, up to the one that is certified.
    private static async Task<Dictionary<ulong, Hash>> HeadersAsync(KetenClient client, Header head, ulong from, HashSet<ulong> wanted, Action<double> progress, CancellationToken cancel)
    {
        var kept = new Dictionary<ulong, Hash>();
        Header? last = null;
        while (last is null || last.Height < head.Height)
        {
            var page = await client.CertificatesAsync(last is null ? from : last.Height + 1, cancel);
            if (page.Length == 0) throw new ExitException(Exit.Failed, $"The node at {client.Node} does not show the headers from {(last?.Height ?? from - 1) + 1} on.");
            foreach (var header in page.Select(one => one.Header).TakeWhile(header => header.Height <= head.Height))
            {
                if (header.LedgerId != head.LedgerId || header.Height != (last is null ? from : last.Height + 1) || (last is not null && header.Previous != last.Hash))
                    throw new ExitException(Exit.Failed, $"The node at {client.Node} shows no chain: its header {header.Height} does not follow from the one before it.");
                last = header;
                if (wanted.Contains(header.Height)) kept[header.Height] = header.Hash;
            }
            progress(last!.Height - from);
        }
        return last.Hash == head.Hash ? kept : throw new ExitException(Exit.Failed, $"The node at {client.Node} shows no chain: its headers do not lead to the certified one of block {head.Height}.");
    }

    private static ExitException NotCertified(KetenClient client) => new(Exit.Failed, $"What the node at {client.Node} shows was not certified by the ledger's validators.");
}
