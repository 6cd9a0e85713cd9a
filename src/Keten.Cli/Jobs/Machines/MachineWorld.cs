using Keten.Client;
using Keten.Contracts.Machines;
using Keten.Contracts.Money;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>Who plays in the demonstration of a machine, what they agree on, and what each does. On a new ledger.</summary>
internal sealed class MachineWorld(HttpDoor door, ShiftedClock clock)
{
    /// <summary>What the user leaves as security.</summary>
    public const long Deposit = 50_000;

    /// <summary>What the user has at first.</summary>
    public const long AtFirst = 350_000;

    /// <summary>What the user has besides, later.</summary>
    public const long Later = 2_000_000;

    private const long LeaveEach = 1_000_000;
    private const long LeaveInAll = 10_000_000;
    private static readonly Codec<MachineUse.Reading> ReadingCodec = CodecOfReading();
    private readonly Clerk clerk = new(door, clock);
    private readonly List<(Hash Id, Actor By)> decided = [];
    private Agreement<EMoney> money;

    /// <summary>The parties.</summary>
    public Actor Institution { get; } = Actor.Named("institution");

    /// <summary>Who provides the machine.</summary>
    public Actor Owner { get; } = Actor.Named("owner");

    /// <summary>Who works with it.</summary>
    public Actor User { get; } = Actor.Named("user");

    /// <summary>Its counter.</summary>
    public Actor Machine { get; } = Actor.Named("machine");

    /// <summary>Who financed it.</summary>
    public Actor Bank { get; } = Actor.Named("bank");

    /// <summary>Who insures it.</summary>
    public Actor Insurer { get; } = Actor.Named("insurer");

    /// <summary>Who keeps it up.</summary>
    public Actor Servicer { get; } = Actor.Named("servicer");

    /// <summary>The use of the machine.</summary>
    public Agreement<MachineUse> Use { get; private set; }

    /// <summary>What the bank is shown: hours, and what a month came to.</summary>
    public Agreement<UsageFeed> BanksFeed { get; private set; }

    /// <summary>What the insurer is shown: hours, standing, services.</summary>
    public Agreement<UsageFeed> InsurersFeed { get; private set; }

    /// <summary>What has been decided since the set-up, and who can read its receipt.</summary>
    public IReadOnlyList<(Hash Id, Actor By)> Decided => decided;

    /// <summary>The node, as one of them reads it.</summary>
    public KetenClient As(Actor who) => door.As(who);

    /// <summary>
    /// The terms: 0.90 a piece and 0.75 beyond the thousandth, 12.00 an hour, 1,200.00 a month at least, 6.00 credited for an hour of standing; 40 % to the bank up to 2,400.00, 6 % to the insurer.
    /// </summary>
    public MachineTerms Terms => new(
        new MachineTariff(new(new PriceStep(0, Euro(90), 1), new PriceStep(1_000, Euro(75), 1)), new(new PriceStep(0, Euro(1_200), 1)), Euro(600), Euro(120_000)),
        new ServiceTerms(Servicer.Party, Wear: 200, Strain: 11_000, Failures: 10, Days: 3, Euro(5_000)),
        new Instalment(Bank.Party, new Rate(400_000), Euro(240_000)), new Premium(Insurer.Party, new Rate(60_000)), DaysOfNotice: 14);

    /// <summary>An amount of the demonstration's money.</summary>
    public static Amount Euro(long cents) => new Unit(1).Of(cents);

    /// <summary>Enrols everybody, begins the money, agrees, and grants bank and insurer what they are shown.</summary>
    public async Task FoundAsync(CancellationToken cancel)
    {
        Actor[] all = [Institution, Owner, User, Machine, Bank, Insurer, Servicer];
        await clerk.MustAsync([.. all.Select(actor => clerk.Begin(actor).Do(new KernelCalls.Enrol(actor.Key.Public)).SignBy(actor))], cancel);
        money = new(await OpenedAsync(clerk.Begin(Institution).Open(EMoney.Contents, new EMoney.Begin(Institution.Party, "EUR", 2)).SignBy(Institution), Institution, cancel));
        await IssueAsync(AtFirst, cancel);
        var agree = new MachineUse.Agree(
            Owner.Party, User.Party, Machine.Party, Terms, new Counter(0, clerk.Now, 0, 0, 0, 0), new Mandate(Euro(LeaveEach), Euro(LeaveInAll), clerk.Now.PlusDays(365)), Euro(Deposit));
        Use = new(await OpenedAsync(
            clerk.Begin(Owner, User, Bank, Insurer).Open(MachineUse.Contents, agree).AtMost(User.Key.Id, Euro(LeaveInAll + Deposit)).SignBy(Owner, User, Bank, Insurer), Owner, cancel));
        BanksFeed = new(await GrantAsync(Bank, new Slice(Pieces: false, Hours: true, Standing: false, Services: false, Due: true), cancel));
        InsurersFeed = new(await GrantAsync(Insurer, new Slice(Pieces: false, Hours: true, Standing: true, Services: true, Due: false), cancel));
        decided.Clear();
    }

    /// <summary>The institution gives the user money that it has received.</summary>
    public async Task IssueAsync(long cents, CancellationToken cancel) => await DoAsync(
        clerk.Begin(Institution).Call(EMoney.Contents, money, new EMoney.Issue(User.Party, Euro(cents), Hash.Of(Guid.NewGuid().ToByteArray()))), Institution, cancel);

    /// <summary>The machine signs what it shows.</summary>
    public Signed<MachineUse.Reading> Sign(Counter counter, Condition condition) =>
        StatementSigning.Sign(door.LedgerId, Machine.Key, ReadingCodec, new MachineUse.Reading(Use, counter, condition));

    /// <summary>The machine hands in what it signed; the answer may be a refusal.</summary>
    public Task<FinalAnswer> CountAsync(Signed<MachineUse.Reading> reading, CancellationToken cancel) =>
        SubmitAsync(clerk.Begin(Machine).Call(MachineUse.Contents, Use, new MachineUse.Count(reading)), Machine, cancel);

    /// <summary>The servicer has come.</summary>
    public Task ServeAsync(string report, CancellationToken cancel) =>
        DoAsync(clerk.Begin(Servicer).Call(MachineUse.Contents, Use, new MachineUse.Serve(Hash.Of(System.Text.Encoding.UTF8.GetBytes(report)))), Servicer, cancel);

    /// <summary>The owner collects what is owed.</summary>
    public Task CollectAsync(CancellationToken cancel) => DoAsync(clerk.Begin(Owner).Call(MachineUse.Contents, Use, new MachineUse.Collect()), Owner, cancel);

    /// <summary>The user gives notice.</summary>
    public Task LeaveAsync(CancellationToken cancel) => DoAsync(clerk.Begin(User).Call(MachineUse.Contents, Use, new MachineUse.Leave(User.Party)), User, cancel);

    /// <summary>The agreement, as the owner reads it.</summary>
    public async Task<MachineUse> StateAsync(CancellationToken cancel) =>
        NodeRecords.Read<MachineUse>(MachineUse.Contents.StateCodec, (await As(Owner).AgreementAsync(Use.Number, cancel))?["state"]);

    /// <summary>Rows of an agreement's first table, as somebody reads them; null where they are not for them.</summary>
    public async Task<List<T>?> RowsAsync<T>(Actor reader, Contract contract, ulong agreement, CancellationToken cancel) where T : notnull =>
        await As(reader).RecordsAsync(agreement, table: 1, cancel: cancel) is not { } page ? null
        : [.. page["records"]!.AsArray().Select(row => NodeRecords.Read<T>(contract.Tables[0].ValueCodec, row!["record"]))];

    private async Task<ulong> GrantAsync(Actor reader, Slice slice, CancellationToken cancel) =>
        await OpenedAsync(clerk.Begin(User).Open(UsageFeed.Contents, new UsageFeed.Grant(reader.Party, Use, slice, clerk.Now.PlusDays(365))).SignBy(User), User, cancel);

    private async Task<ulong> OpenedAsync(byte[] transaction, Actor reader, CancellationToken cancel) => (await clerk.MustAsync(transaction, reader, cancel)).Outcome.Agreement;

    private async Task DoAsync(TransactionBuilder transaction, Actor by, CancellationToken cancel)
    {
        if (await SubmitAsync(transaction, by, cancel) is { Done: false } answer) throw new InvalidOperationException($"A transaction that had to be done was refused: {answer.Reason}");
    }

    private async Task<FinalAnswer> SubmitAsync(TransactionBuilder transaction, Actor by, CancellationToken cancel)
    {
        var answer = (await clerk.SubmitAsync([transaction.SignBy(by)], cancel))[0];
        decided.Add((answer.Id, by));
        return answer;
    }

    private static Codec<MachineUse.Reading> CodecOfReading()
    {
        foreach (var field in MachineUse.Contents.ClauseOf<MachineUse.Count>().ArgumentsCodec.Fields)
            if (field.Of is Codec<MachineUse.Reading> codec) return codec;
        throw new InvalidOperationException("A count carries a reading.");
    }
}
