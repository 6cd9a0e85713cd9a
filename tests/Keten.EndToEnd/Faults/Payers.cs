using Keten.Client;
using Keten.Contracts.Money;
using Keten.Kernel;

namespace Keten.EndToEnd.Faults;

/// <summary>Parties with money and keys in groups, each group one sender's, which signs transfers among all of them.</summary>
internal sealed class Payers : IDisposable
{
    /// <summary>What each is given, in cents.</summary>
    public const long Funds = 10_000_000;

    private const int Each = 20;
    private const long SecondsToDecide = 3_600;
    private static readonly Unit Euro = new(1);

    private readonly SigningKey[][] groups;
    private readonly ulong[] sent;
    private readonly Random random = new(1);

    public Payers(int groups)
    {
        this.groups = [.. Enumerable.Range(0, groups).Select(_ => Enumerable.Range(0, Each).Select(_ => SigningKey.Generate()).ToArray())];
        sent = new ulong[groups];
        Parties = [.. this.groups.SelectMany(group => group).Select(key => Party.Of(key.Id))];
    }

    public SigningKey Bank { get; } = SigningKey.Generate();

    public Party[] Parties { get; }

    public static Unit Unit => Euro;

    /// <summary>Enrols everybody, opens the money and gives it out.</summary>
    public async Task FoundAsync(Hash ledger, KetenClient node, CancellationToken cancel)
    {
        Ledger = ledger;
        await MustAsync([.. groups.SelectMany(group => group).Select(key => Begin().By(key.Id, 1).Enrol(key.Public).Sign(key))]);
        await MustAsync([Begin().By(Bank.Id, 1).Open(EMoney.Contents, new EMoney.Begin(Party.Of(Bank.Id), "EUR", 2)).Sign(Bank)]);
        var issue = Begin().By(Bank.Id, 2);
        foreach (var party in Parties) issue.Call(EMoney.Contents, new Agreement<EMoney>(1), new EMoney.Issue(party, Euro.Of(Funds), Hash.Of(Convert.FromHexString(party.ToString()))));
        await MustAsync([issue.Sign(Bank)]);
        Array.Fill(sent, (ulong)Each);

        async Task MustAsync(byte[][] some)
        {
            var answers = await node.SubmitAsync(Array.ConvertAll(some, one => (ReadOnlyMemory<byte>)one), cancel: cancel);
            if (answers.Any(answer => answer.Status != SubmissionStatus.Done)) throw new InvalidOperationException("What the load rests on was not done.");
        }
    }

    /// <summary>The next transfers of a group, each signed by itself. Each group is for one caller at a time.</summary>
    public byte[][] Transfers(int group, int count) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        var place = sent[group]++;
        var key = groups[group][place % Each];
        Party to;
        lock (random) to = Parties[random.Next(Parties.Length)];
        return Begin().By(key.Id, place / Each + 1).Transfer(null, to, Euro.Of(1 + (long)(place % 100))).Sign(key);
    })];

    public void Dispose()
    {
        foreach (var key in groups.SelectMany(group => group)) key.Dispose();
        Bank.Dispose();
    }

    private Hash Ledger { get; set; }

    private TransactionBuilder Begin() => new(Ledger, new Instant(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + SecondsToDecide));
}
