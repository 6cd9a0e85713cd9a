using Keten.Client;
using Keten.Contracts.Crossings;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Kernel.Trees;
using Keten.Tests.Rules;

namespace Keten.Tests.Crossings;

/// <summary>One of two ledgers with a side of a crossing on it.</summary>
internal sealed class Side(Senate ledger, ulong agreement)
{
    public Senate Ledger => ledger;

    public ulong Agreement => agreement;

    public Crossing State => (Crossing)ledger.State.Agreement(agreement)!.State;

    public IRefusal? Do<TClause>(TClause clause, SigningKey? by = null) where TClause : notnull => Do(agreement, clause, by);

    public IRefusal? Do<TClause>(ulong of, TClause clause, SigningKey? by = null) where TClause : notnull
    {
        var signer = by ?? Senate.Org(6);
        var call = ledger.Begin(signer).Call(Crossing.Contents, new Agreement<Crossing>(of), clause);
        if (clause is Crossing.Send { Amount: { Minor: > 0 } amount }) call.AtMost(signer.Id, amount);
        return ledger.Run(call.Sign(signer));
    }

    public ulong Open<TOpening>(TOpening opening, SigningKey by) where TOpening : IOpening<Crossing>
    {
        Assert.Null(ledger.Run(ledger.Begin(by).Open(Crossing.Contents, opening).Sign(by)));
        return ledger.State.Counters.NextAgreement - 1;
    }

    public Crossing.Transfer Transfer(ulong number) => CrossingRecords.Transfer(Row(TransferKey(number))!);

    public bool HasReceived(ulong number) => Row(ReceiptKey(number)) is not null;

    public ulong Sent => (ulong)ledger.State.Rows.CountOf(agreement, Crossing.Transfers.Number);

    public long Balance(SigningKey of) => ledger.State.Balance(Senate.Party(of), State.Unit);

    /// <summary>At home what it holds; abroad what it has issued, below nothing.</summary>
    public long Own => ledger.State.Balance(Owner.Of(agreement), State.Unit);

    public byte[] TransferKey(ulong number) => CrossingRecords.TransferKey(agreement, number);

    public byte[] ReceiptKey(ulong number) => CrossingRecords.ReceiptKey(agreement, number);

    public byte[] AgreementKey => RecordKeys.Agreement(agreement);

    /// <summary>Proof of records as they are now.</summary>
    public Proof Show(params byte[][] keys) => Proof.Of(ledger.Ledger.Certifiers, Evidence(keys));

    public StateEvidence[] Evidence(params byte[][] keys)
    {
        ledger.UntilCheckpoint();
        var taken = Array.ConvertAll(keys, key => (Key: key, Proven: ledger.Ledger.Prove(key)!.Value));
        ledger.UntilCheckpoint();
        var certificate = ledger.CertificateAt(ledger.Head.Height);
        return Array.ConvertAll(taken, one => new StateEvidence(one.Key, one.Proven.Value, one.Proven.Proof, certificate));
    }

    /// <summary>What all validators together could sign if they lied: a record that there never was.</summary>
    public Proof Forge(byte[] key, byte[] value)
    {
        var entry = new StateEntry(Hash.Of(key), Hash.Of(value));
        byte[] bucket = [0, .. Bytes(entry.Key), .. Bytes(entry.Value)];
        var header = ledger.Head with { StateRoot = Hash.Of(bucket) };
        return Proof.Of(ledger.Ledger.Validators, new StateEvidence(key, value, new StateProof([], [entry]), ledger.Certify(header, ledger.Ledger.Validators)));

        static byte[] Bytes(Hash hash) => Hash.Bytes(in hash).ToArray();
    }

    /// <summary>That a transfer was not received until now.</summary>
    public Proof ShowAbsence(ulong number) => Show(RecordKeys.Clock(), ReceiptKey(number));

    // The key's last eight bytes are the number.
    private byte[]? Row(byte[] key) => ledger.State.Rows.Find(agreement, key[^10], key[^8..]);
}

/// <summary>Two ledgers of four validators each, the same organisations and people on both, and a crossing between them that is joined. Ada has 100.00 at home.</summary>
internal sealed class TwoLedgers
{
    public TwoLedgers(bool joined = true)
    {
        var (home, abroad) = (new Senate(4, name: "home"), new Senate(4, name: "abroad"));
        // Agreement 2 there and 3 here, so that no number is right by chance.
        Assert.Null(home.Run(home.Begin(Founder).Open(EMoney.Contents, new EMoney.Begin(Senate.Party(Founder), "EUR", 2)).Sign(Founder)));
        Assert.Null(home.Run(home.Begin(Founder).Open(EMoney.Contents, new EMoney.Begin(Senate.Party(Founder), "CHF", 2)).Sign(Founder)));
        Assert.Null(abroad.Run(abroad.Begin(Founder).Open(EMoney.Contents, new EMoney.Begin(Senate.Party(Founder), "SEK", 2)).Sign(Founder)));
        Assert.Null(home.Run(home.Begin(Founder).Call(EMoney.Contents, new Agreement<EMoney>(1), new EMoney.Issue(Senate.Party(Ada), Euro(10_000), Hash.Of("paid in"u8))).Sign(Founder)));
        (Home, Abroad) = (new Side(home, 3), new Side(abroad, 2));
        Assert.Equal(3ul, Home.Open(new Crossing.BeginHome(Senate.Party(Founder), new Unit(1), Proof.Of(abroad.Genesis)), Founder));
        Assert.Equal(2ul, Abroad.Open(new Crossing.BeginAbroad(Senate.Party(Founder), "EUR", 2, Proof.Of(home.Genesis)), Founder));
        if (!joined) return;
        Assert.Null(Abroad.Do(new Crossing.Join(Home.Agreement, Home.Show(Home.AgreementKey)), Founder));
        Assert.Null(Home.Do(new Crossing.Join(Abroad.Agreement, Abroad.Show(Abroad.AgreementKey)), Founder));
    }

    public static SigningKey Founder => Senate.Org(5);

    public static SigningKey Ada => Senate.Org(4);

    public static SigningKey Bob => Senate.Org(7);

    public Side Home { get; }

    public Side Abroad { get; }

    public static Amount Euro(long cents) => new Unit(1).Of(cents);

    /// <summary>Of the unit that is issued abroad.</summary>
    public static Amount There(long cents) => new Unit(2).Of(cents);

    public Side Other(Side side) => side == Home ? Abroad : Home;

    /// <summary>Sends, with so many seconds of the other ledger's time for it; gives the transfer's number.</summary>
    public ulong Send(Side from, SigningKey by, SigningKey to, long cents, long seconds = 3_600)
    {
        Assert.Null(from.Do(new Crossing.Send(Senate.Party(by), Senate.Party(to), from.State.Unit.Of(cents), Other(from).Ledger.State.Now.Plus(seconds)), by));
        return from.Sent;
    }

    public static Crossing.TransferNumber Number(ulong number) => new(number);

    /// <summary>That no cent is in two places or in none: what home holds is what has been issued abroad and what is on its way, and all that there is at home is what was issued there.</summary>
    public void Adds()
    {
        var underWay = 0L;
        foreach (var side in new[] { Home, Abroad })
            for (var number = 1ul; number <= side.Sent; number++)
                if (side.Transfer(number) is { Stage: not TransferStage.TakenBack } transfer && !Other(side).HasReceived(number)) underWay += transfer.Amount.Minor;
        Assert.Equal(Home.Own, -Abroad.Own + underWay);
        foreach (var side in new[] { Home, Abroad })
        {
            var sum = 0L;
            foreach (var (key, account) in side.Ledger.State.AllAccounts())
                if (key.Unit == side.State.Unit) sum += account.Balance;
            Assert.Equal(0, sum);
            for (var number = 1ul; number <= side.Sent; number++)
                Assert.False(side.Transfer(number).Stage == TransferStage.TakenBack && Other(side).HasReceived(number), "both have the money");
        }
    }
}
