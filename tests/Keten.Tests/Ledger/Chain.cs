using Keten.Contracts;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Execution;
using Keten.Kernel.State;

namespace Keten.Tests.Ledgers;

/// <summary>A ledger of one validator in memory, with a clock in the test's hand: what the tests of the kernel's rules stand on.</summary>
internal sealed class Chain
{
    private ulong sequence;
    private readonly Dictionary<KeyId, ulong> counters = [];

    public Chain(Catalogue? catalogue = null, Parameters? parameters = null, params SigningKey[] founders)
    {
        var keys = Array.ConvertAll(founders, founder => founder.Public);
        Genesis = new Genesis(
            Hash.Of("nonce"u8), new Instant(1_700_000_000), new ValidatorSet(new Validator("Test", Validator.Public)), new Many<PublicKey>(keys), false,
            parameters ?? Parameters.Default, (catalogue ?? BuiltIn.Catalogue).Hash);
        Ledger = Keten.Kernel.Blocks.Ledger.Begin(Genesis, catalogue ?? BuiltIn.Catalogue);
        Now = Genesis.Began;
    }

    public SigningKey Validator { get; } = SigningKey.Generate();

    public Genesis Genesis { get; }

    public Ledger Ledger { get; }

    public LedgerState State => Ledger.State;

    public Instant Now { get; set; }

    public TransactionBuilder Begin(params SigningKey[] signers)
    {
        var builder = new TransactionBuilder(Ledger.Id, Now.Plus(600));
        foreach (var signer in signers) builder.By(signer.Id, counters[signer.Id] = counters.GetValueOrDefault(signer.Id) + 1);
        return builder;
    }

    public Block Block(params byte[][] transactions)
    {
        var batch = Array.ConvertAll(transactions, bytes => new CheckedTransaction(Transaction.Parse(bytes)));
        var entry = Entry.Sign(Validator, Ledger.Id, 0, ++sequence, Now, batch);
        return Ledger.Execute(entry.Bytes) ?? throw new InvalidOperationException("The entry was skipped.");
    }

    public Decision Do(TransactionBuilder builder, params Signer[] signers) => Block(builder.Sign(signers)).Outcomes.Decisions[0];

    public SigningKey Enrol()
    {
        var key = SigningKey.Generate();
        var (number, codec) = KernelContents.Of<KernelCalls.Enrol>();
        Assert.Null(Do(Begin(key).Open(0, number, codec, new KernelCalls.Enrol(key.Public)), key).Refusal);
        return key;
    }
}
