using System.Text;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Simulation;

/// <summary>What those who use a simulated ledger sign: payments, good ones and hopeless ones, some again, some badly.</summary>
internal sealed class Payments(Random random, Genesis genesis, Expectations expected)
{
    public static readonly Person Bank = new("Bank"), Ada = new("Ada"), Bob = new("Bob"), Eve = new("Eve");
    public static readonly Person[] Payers = [Ada, Bob, Eve];

    private const long Given = 1_000;
    private readonly Dictionary<KeyId, ulong> counters = [];
    private readonly List<(byte[] Bytes, Hash Id)> sent = [];

    /// <summary>The keys that the genesis names.</summary>
    public static Many<PublicKey> Founders => new(Bank.Public, Ada.Public, Bob.Public, Eve.Public);

    /// <summary>The bank begins to issue, and gives each payer an amount.</summary>
    public ReadOnlyMemory<byte>[] Fund(Instant now)
    {
        var opened = Begin(Bank, now).Open(1, 1, (Codec<EMoney.Begin>)EMoney.Contents.ClauseOf<EMoney.Begin>().ArgumentsCodec, new EMoney.Begin(Bank, "EUR", 2)).Sign(Bank);
        var issue = Begin(Bank, now);
        foreach (var payer in Payers)
            issue.Call(1, 2, (Codec<EMoney.Issue>)EMoney.Contents.ClauseOf<EMoney.Issue>().ArgumentsCodec, new EMoney.Issue(payer, new Unit(1).Of(Given), Hash.Of(Encoding.UTF8.GetBytes(payer.Name))));
        foreach (var payer in Payers) expected.PaidIn(payer, Given);
        return [opened, issue.Sign(Bank)];
    }

    /// <summary>A request of some transactions; and those of them that will be decided in this order.</summary>
    public (List<ReadOnlyMemory<byte>> Request, Hash[] InOrder) Draw(Instant now)
    {
        var (request, inOrder) = (new List<ReadOnlyMemory<byte>>(), new List<Hash>());
        for (var left = random.Next(1, 7); left > 0; left--) Add(request, inOrder, now);
        return (request, [.. inOrder]);
    }

    /// <summary>A payment that will be done.</summary>
    public byte[] Good(Instant now, out Hash id) => Payment(Payers[random.Next(Payers.Length)], 1, now, out id, expires: 600);

    private void Add(List<ReadOnlyMemory<byte>> request, List<Hash> inOrder, Instant now)
    {
        var from = Payers[random.Next(Payers.Length)];
        switch (random.Next(12))
        {
            case 0 when sent.Count > 0:
                var (old, itsId) = sent[random.Next(sent.Count)];
                expected.SentAgain(itsId);
                request.Add(old);
                break;
            case 1 when request.Count > 0:
                request.Add(request[^1]);
                break;
            case 2:
                request.Add(new byte[] { 1, 2, 3 });
                break;
            case 3:
                var flipped = Payment(from, 77, now, out var bad);      // so much is paid nowhere else
                flipped[^1] ^= 1;
                expected.IsHopeless(bad);
                request.Add(flipped);
                break;
            case 4:
                request.Add(New(Payment(from, 1_000_000, now, out var tooMuch), inOrder, tooMuch));
                expected.IsHopeless(tooMuch);
                break;
            case 5:
                // A counter twice: one of the two is void.
                counters[from.Id] = Math.Max(1, counters.GetValueOrDefault(from.Id)) - 1;
                request.Add(New(Payment(from, random.Next(1, 20), now, out var twice), inOrder, twice));
                expected.SentAgain(twice);      // it may even be the same
                break;
            default:
                request.Add(New(Payment(from, random.Next(1, 20), now, out var id), inOrder, id));
                break;
        }
    }

    private byte[] New(byte[] transaction, List<Hash> inOrder, Hash id)
    {
        sent.Add((transaction, id));
        inOrder.Add(id);
        return transaction;
    }

    private byte[] Payment(Person from, long cents, Instant now, out Hash id, int? expires = null)
    {
        var to = Payers[(Array.IndexOf(Payers, from) + random.Next(1, Payers.Length)) % Payers.Length];
        var (number, codec) = KernelContents.Of<KernelCalls.Transfer>();
        var bytes = Begin(from, now, expires ?? (random.Next(8) == 0 ? 2 : 600)).Open(0, number, codec, new KernelCalls.Transfer(null, to, new Unit(1).Of(cents), null)).Sign(from);
        id = Transaction.Parse(bytes).Id;
        expected.Pays(id, from, to, cents);
        return bytes;
    }

    private TransactionBuilder Begin(Person signer, Instant now, int expires = 40_000) =>
        new TransactionBuilder(genesis.LedgerId, now.Plus(expires)).By(signer.Id, counters[signer.Id] = counters.GetValueOrDefault(signer.Id) + 1);
}
