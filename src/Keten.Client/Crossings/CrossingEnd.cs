using System.Globalization;
using System.Text.Json.Nodes;
using Keten.Contracts.Crossings;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;

namespace Keten.Client;

/// <summary>
/// One side of a crossing over HTTP: what stands there, as evidence for the other ledger, and what is done there. The node is believed in nothing that counts: the other ledger weighs all that it
/// shows. A wallet does no more than pay for the call, as anybody may.
/// </summary>
/// <param name="client">A node of the side's ledger.</param>
/// <param name="wallet">Who brings proofs here: any party of the ledger.</param>
/// <param name="agreement">The side's number.</param>
public sealed class CrossingEnd(KetenClient client, Wallet wallet, ulong agreement)
{
    /// <summary>The side's number.</summary>
    public ulong Agreement => agreement;

    /// <summary>Records of this ledger, all of one moment, and by whom they are certified. It waits a second or two for a checkpoint.</summary>
    /// <exception cref="UnexpectedAnswerException">The node does not show them: they are for all who may read the ledger.</exception>
    /// <exception cref="ProblemException">The node refuses.</exception>
    public async Task<CrossingView> ShowAsync(IReadOnlyList<byte[]> keys, CancellationToken cancel = default)
    {
        var genesis = await client.GenesisAsync(cancel);
        var shown = new List<StateEvidence>();
        foreach (var one in await client.ProofsAsync(keys, cancel)) shown.Add(one ?? throw new UnexpectedAnswerException("The node does not show a record of a crossing."));
        return new CrossingView(genesis.Validators, shown);
    }

    /// <summary>The side as it stands.</summary>
    /// <exception cref="UnexpectedAnswerException">There is no such crossing.</exception>
    public async Task<Crossing> StateAsync(CancellationToken cancel = default) => (await ShowAsync([RecordKeys.Agreement(agreement)], cancel)).Side(0);

    /// <summary>Does something here, and waits until it is final.</summary>
    /// <param name="clause">One of a crossing's.</param>
    /// <param name="most">What may leave the wallet's own account for it.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task<Submission> DoAsync<TClause>(TClause clause, Amount? most = null, CancellationToken cancel = default) where TClause : notnull
    {
        var transaction = await wallet.BeginAsync(cancel: cancel);
        transaction.Call(Crossing.Contents, new Agreement<Crossing>(agreement), clause);
        if (most is { } amount) transaction.AtMost(wallet.Signer.Id, amount);
        return await wallet.SendAsync(transaction, cancel: cancel);
    }

    /// <summary>Has the other ledger's changes of validators followed here, which it does not know yet; the first refusal, or null.</summary>
    /// <param name="view">What the other ledger shows.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task<Submission?> FollowAsync(CrossingView view, CancellationToken cancel = default)
    {
        var known = (await StateAsync(cancel)).Other.ChangedAt;
        foreach (var (before, change) in view.ChangesAfter(known))
        {
            var answer = await DoAsync(new Crossing.Follow(Proof.Of(before, [change])), cancel: cancel);
            if (answer.Status != SubmissionStatus.Done) return answer;
        }
        return null;
    }

    /// <summary>The numbers of the transfers that are under way from here, the oldest first.</summary>
    public async Task<IReadOnlyList<ulong>> UnderWayAsync(CancellationToken cancel = default)
    {
        var numbers = new List<ulong>();
        string? after = null;
        do
        {
            var page = await client.RecordsAsync(agreement, Crossing.Transfers.Number, after, cancel: cancel) ?? throw new UnexpectedAnswerException("There is no such crossing.");
            foreach (var record in page["records"] as JsonArray ?? [])
            {
                if (!string.Equals((string?)record?["record"]?["stage"], "underWay", StringComparison.Ordinal)) continue;
                if (!ulong.TryParse((string?)record!["key"], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)) throw new UnexpectedAnswerException("The key of a transfer cannot be read.");
                numbers.Add(number);
            }
            after = (string?)page["next"];
        }
        while (after is not null);
        return numbers;
    }
}

/// <summary>Records of a side's ledger as its node shows them, and who certified them.</summary>
/// <param name="First">The validators of the ledger's genesis.</param>
/// <param name="Records">All of one moment.</param>
public sealed record CrossingView(ValidatorSet First, IReadOnlyList<StateEvidence> Records)
{
    private IReadOnlyList<SetChange> Changes => Records[0].Changes;

    /// <summary>Some of the records as a proof for the other ledger.</summary>
    public Proof Proof(params ReadOnlySpan<int> which)
    {
        var shown = new StateEvidence[which.Length];
        for (var each = 0; each < shown.Length; each++) shown[each] = Records[which[each]] with { Changes = [] };
        return Kernel.Proof.Of(Changes.Count == 0 ? First : Changes[^1].Next, shown);
    }

    /// <summary>The changes of validators after a height, each with the validators before it.</summary>
    public IEnumerable<(ValidatorSet Before, SetChange Change)> ChangesAfter(ulong height)
    {
        var before = First;
        foreach (var change in Changes)
        {
            if (change.Height > height) yield return (before, change);
            before = change.Next;
        }
    }

    /// <summary>A record that is the agreement of a side.</summary>
    /// <exception cref="UnexpectedAnswerException">It is none.</exception>
    public Crossing Side(int place)
    {
        try
        {
            return CrossingRecords.Side(Records[place].Value ?? throw new UnexpectedAnswerException("There is no such crossing."));
        }
        catch (Kernel.Cbor.MalformedException fault)
        {
            throw new UnexpectedAnswerException("That agreement is no crossing.", fault);
        }
    }

    /// <summary>A record that is ledger time.</summary>
    public Instant Now(int place)
    {
        var reader = new Kernel.Cbor.CborReader(Records[place].Value);
        return Wire.ReadInstant(ref reader);
    }
}
