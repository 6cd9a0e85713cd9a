using Keten.Client;
using Keten.Contracts.Metering;
using Keten.Contracts.Money;
using Keten.Contracts.Tariffs;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Execution;
using Keten.Kernel.State;
using Keten.Kernel.Trees;
using Keten.Testing;

namespace Keten.Tests.Rules;

/// <summary>
/// The story behind the recorded ledger: four validators, money, a key that changes, a tariff, a charged session, a dispute that nobody answers. Keys, clocks and signatures are the same
/// in every run, so that the bytes are.
/// </summary>
internal sealed class LedgerToRecord
{
    private static readonly Actor Bank = new("Bank"), Grid = new("Grid"), Ada = new("Ada"), Ada2 = new("Ada's second key"), Bob = new("Bob"), Judge = new("Judge"), Box = new("Box"), Nobody = new("Nobody");
    private static readonly Unit Euro = new(1), Kwh = new(2);
    private static readonly Instant Began = new(1_800_000_000);
    private static readonly Hash Session = Hash.Of("a session"u8);

    private static readonly (string What, byte[] Key)[] Asked =
    [
        ("an account", RecordKeys.Account(new AccountKey(Owner.Of(Ada), Euro, default))), ("an agreement", RecordKeys.Agreement(5)), ("an agreement that is not", RecordKeys.Agreement(99)),
    ];

    private readonly Actor[] validators = [.. Enumerable.Range(1, 4).Select(each => new Actor($"Validator {each}")).OrderBy(actor => actor.Id)];
    private readonly Dictionary<KeyId, ulong> counters = [];
    private readonly List<RecordedEntry> entries = [];
    private readonly List<Block?> blocks = [];
    private readonly Genesis genesis;
    private readonly Ledger ledger;
    private Instant now = Began;
    private RecordedEvidence[] evidence = [];
    private RecordedSnapshot? snapshot;

    private LedgerToRecord()
    {
        var set = new ValidatorSet([.. validators.Select((actor, place) => new Validator($"Validator {place}", actor.Public))]);
        var founders = new Many<PublicKey>(Bank.Public, Grid.Public, Ada.Public, Judge.Public, Box.Public);
        genesis = new Genesis(Hash.Of("Keten's recorded ledger"u8), Began, set, founders, false, Parameters.Default with { CheckpointSeconds = 21_600 }, RecordedLedger.Catalogue.Hash);
        ledger = Ledger.Begin(genesis, RecordedLedger.Catalogue);
    }

    public static RecordedLedger Tell()
    {
        var told = new LedgerToRecord();
        told.Money();
        told.Keys();
        told.Sessions();
        told.Nights();
        return told.Whole();
    }

    private void Money()
    {
        Take("a party joins, and the bank begins to issue euros", By(Bob).Do(new KernelCalls.Enrol(Bob.Public)), By(Bank).Open(EMoney.Contents, new EMoney.Begin(Bank, "EUR", 2)));
        Take("what is counted, and money for two",
            By(Grid).Open(Measure.Contents, new Measure.Define(Grid, "kWh", 3)),
            By(Bank).Call(1, EMoney.Contents, new EMoney.Issue(Ada, Euro.Of(10_000), Hash.Of("one"u8))).Call(1, EMoney.Contents, new EMoney.Issue(Grid, Euro.Of(10_000), Hash.Of("two"u8))));
        var paid = By(Ada).Do(new KernelCalls.Transfer(null, Bob, Euro.Of(250), Ref("an invoice")));
        Take("a transfer; one that is not covered; the first again; one of a stranger; one whose signature is not good",
            paid, By(Bob).Do(new KernelCalls.Transfer(null, Ada, Euro.Of(1_000_000), null)), paid, By(Nobody).Do(new KernelCalls.Transfer(null, Ada, Euro.Of(1), null)),
            new Written(Flipped(By(Bob).Do(new KernelCalls.Transfer(null, Ada, Euro.Of(1), null)).Sign())));
    }

    private void Keys()
    {
        Take("a new key for an old one, in two calls that both keys sign", By(Ada, Ada2).Do(new KernelCalls.AddKey(Ada, Ada2.Public)).Do(new KernelCalls.RetireKey(Ada, Ada.Id)));
        Take("the old key signs no more", By(Ada).Do(new KernelCalls.Transfer(null, Bob, Euro.Of(1), null)));
        Take("a mandate",
            By(Ada2).Open(StandingMandate.Contents, new StandingMandate.Give(Ada, Bob, new Mandate(Euro.Of(300), Euro.Of(500), Began.PlusDays(90)))).AtMost(Ada2, Euro.Of(500)));
        Record("no entry at all", new byte[] { 1, 2, 3 });
        Record("an entry that has been", Convert.FromHexString(entries[0].Bytes));
        Take("a collection; one that is too much; a whole transaction that falls with its second call",
            By(Bob).Call(3, StandingMandate.Contents, new StandingMandate.Collect(Euro.Of(300), Ref("a"))),
            By(Bob).Call(3, StandingMandate.Contents, new StandingMandate.Collect(Euro.Of(301), Ref("b"))),
            By(Bob).Do(new KernelCalls.Transfer(null, Grid, Euro.Of(5), null)).Call(3, StandingMandate.Contents, new StandingMandate.Collect(Euro.Of(300), Ref("c"))));
    }

    private void Sessions()
    {
        var terms = new TariffTerms(Euro, 2, Kwh, new Many<TariffElement>(new TariffElement(new Many<PriceComponent>(new PriceComponent(Dimension.Energy, 500_000, 1, new Rate(200_000))))));
        Take("a tariff, and an agreement under it, signed by both sides: money paid in, and mandates",
            By(Grid).Open(Tariff.Contents, new Tariff.Publish(Grid, terms, Began)),
            By(Grid, Ada2).Open(MeteredUse.Contents, new MeteredUse.Agree(
                Grid, Ada, Judge, new Agreement<Tariff>(4), new Many<Party>(Box), Euro.Of(400), new Mandate(Euro.Of(1_000), Euro.Of(3_000), Began.PlusDays(90)),
                new Mandate(Euro.Of(2_000), Euro.Of(5_000), Began.PlusDays(90)))).AtMost(Ada2, Euro.Of(3_400)).AtMost(Grid, Euro.Of(5_000)));
        now = now.Plus(1_200);
        Take("time goes by");
        Take("the meter's signed reading is priced and paid, whoever hands it in; it is not charged twice; a reading of another's is none", Charge(Box), Charge(Box, by: Bob), Charge(Judge));
        Take("the customer contests it: money on hold, and a deadline", By(Ada2).Call(5, MeteredUse.Contents, new MeteredUse.Dispute(Session, Hash.Of("a claim"u8))));
    }

    // The answer is due after 14 days; ledger time moves by an hour an entry at most.
    private void Nights()
    {
        var due = Began.PlusDays(MeteredUse.DaysToAnswer).Plus(4_000);
        now = due;
        while (ledger.State.Now < due)
        {
            var block = Take(null);
            if (snapshot is null && block.Checkpoint is not null && ledger.State.Now > Began.PlusDays(1)) snapshot = new RecordedSnapshot(entries.Count, RecordedLedger.HashOf(ledger.TakeSnapshot()).ToString());
        }
        Take("one more transfer", By(Bob).Do(new KernelCalls.Transfer(null, Grid, Euro.Of(7), null)));
        UntilCheckpoint();
        var proved = Array.ConvertAll(Asked, one => (one.What, one.Key, Proof: ledger.Prove(one.Key)!.Value));
        UntilCheckpoint();
        evidence = Array.ConvertAll(proved, one => new RecordedEvidence(
            one.What, one.Proof.Value is not null, RecordedLedger.Hex(new StateEvidence(one.Key, one.Proof.Value, one.Proof.Proof, Certify(ledger.Head!)).ToBytes())));
    }

    // A checkpoint's root is in the header of the next one's block.
    private void UntilCheckpoint()
    {
        do now = now.Plus(3_600);
        while (Take(null).Checkpoint is null);
    }

    private RecordedLedger Whole() => new(
        RecordedLedger.Hex(genesis.ToBytes()), [.. entries],
        [
            Receipt("a transfer", 3, 0), Receipt("a transfer that was refused", 3, 1), Receipt("a new key for an old one: two calls, two signers", 4, 0),
            Receipt("two sides agree: events", 10, 1), Receipt("a session that was charged: an event and two payments", 12, 0),
        ],
        evidence, snapshot!);

    private Step Charge(Actor meter, Actor? by = null)
    {
        var usage = new MeteredUse.Usage(new Agreement<MeteredUse>(5), Session, new Many<MeterPoint>(new MeterPoint(Began, Kwh.Of(0)), new MeterPoint(Began.Plus(300), Kwh.Of(10_000))));
        var statement = (Codec<MeteredUse.Usage>)MeteredUse.Contents.ClauseOf<MeteredUse.Charge>().ArgumentsCodec.Fields[0].Of!;
        return By(by ?? Judge).Call(5, MeteredUse.Contents, new MeteredUse.Charge(StatementSigning.Sign(genesis.LedgerId, meter, statement, usage)));
    }

    private RecordedReceipt Receipt(string what, int entry, int place)
    {
        var block = blocks[entry - 1]!;
        var (outcomes, of) = (block.Outcomes, block.Transactions[place]);
        var tree = new OutcomeTree(outcomes.LeafHashes);
        var evidence = outcomes.Calls.Select((call, at) => (call, at)).Where(one => one.call.Origin == of.Id)
            .Select(one => new OutcomeEvidence(outcomes.Bytes[one.call.Leaf].ToArray(), (ulong)one.at, tree.Path(one.at)));
        var index = block.FirstHistory + (ulong)outcomes.Decisions.Take(place).Count(decision => !decision.IsVoid);
        var receipt = new Receipt(of, index, ledger.History.Inclusion(index, block.Header.HistorySize), [.. evidence], Certify(block.Header));
        return new RecordedReceipt(what, entry, place, of.Id.ToString(), RecordedLedger.Hex(receipt.ToBytes()));
    }

    // Three of four: a quorum.
    private Certificate Certify(Header header) => new(header, new Many<Attestation>([.. validators.Skip(1).Select(validator => Attestation.Sign(validator, header))]));

    private Block Take(string? what, params ITransaction[] transactions)
    {
        now = now.Plus(1);
        var batch = Array.ConvertAll(transactions, one => new CheckedTransaction(Transaction.Parse(one.Sign())));
        var entry = Entry.Sign(validators[entries.Count % validators.Length], genesis.LedgerId, 0, (ulong)entries.Count + 1, now, batch);
        return Record(what, entry.Bytes) ?? throw new InvalidOperationException("The entry was skipped.");
    }

    private Block? Record(string? what, ReadOnlyMemory<byte> bytes)
    {
        var block = ledger.Execute(bytes);
        blocks.Add(block);
        entries.Add(RecordedLedger.Entry(what, bytes.Span, block));
        return block;
    }

    private Step By(params Actor[] signers)
    {
        var builder = new TransactionBuilder(genesis.LedgerId, now.Plus(600));
        foreach (var signer in signers) builder.By(signer.Id, counters[signer.Id] = counters.GetValueOrDefault(signer.Id) + 1);
        return new Step(builder, signers);
    }

    private static Reference Ref(string text)
    {
        var hash = Hash.Of(System.Text.Encoding.UTF8.GetBytes(text));
        return new Reference(Hash.Bytes(in hash)[..Reference.Size]);
    }

    private static byte[] Flipped(byte[] transaction)
    {
        transaction[^1] ^= 1;
        return transaction;
    }

    private interface ITransaction
    {
        byte[] Sign();
    }

    private sealed record Written(byte[] Bytes) : ITransaction
    {
        public byte[] Sign() => Bytes;
    }

    private sealed class Step(TransactionBuilder builder, Actor[] signers) : ITransaction
    {
        private byte[]? signed;

        public Step Open<T, TOpening>(Contract<T> contract, TOpening opening) where T : class where TOpening : notnull
        {
            builder.Open(contract, opening);
            return this;
        }

        public Step Call<T, TClause>(ulong agreement, Contract<T> contract, TClause clause) where T : class where TClause : notnull
        {
            builder.Call(contract, new Agreement<T>(agreement), clause);
            return this;
        }

        public Step Do<T>(T call) where T : notnull
        {
            builder.Do(call);
            return this;
        }

        public Step AtMost(Actor signer, Amount most)
        {
            builder.AtMost(signer.Id, most);
            return this;
        }

        public byte[] Sign() => signed ??= builder.Sign([.. signers]);
    }
}
