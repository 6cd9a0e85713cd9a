using System.Runtime.CompilerServices;
using System.Text;
using Keten.Client;
using Keten.Contracts;
using Keten.Contracts.Banking;
using Keten.Contracts.Financing;
using Keten.Contracts.Insurance;
using Keten.Contracts.Money;
using Keten.Contracts.Parts;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Pipeline;
using Receipt = Keten.Kernel.Blocks.Receipt;

namespace Keten.Cli.Jobs;

/// <summary>A step that was done, or a refusal that had to come.</summary>
/// <param name="Name">What was done, or tried.</param>
/// <param name="Id">The transaction.</param>
/// <param name="Receipt">Its receipt, taken when it was final.</param>
/// <param name="Refusal">The refusal's name, where it was refused.</param>
/// <param name="Reason">The refusal's sentence.</param>
internal sealed record CarStep(string Name, Hash Id, byte[] Receipt, string? Refusal = null, string? Reason = null);

/// <summary>A ledger on which a car lives: who plays, what they agreed on, the clock, and all that was decided. Not for several threads at once.</summary>
internal sealed class CarWorld(LedgerNode node, HttpDoor door, ShiftedClock clock, CancellationToken cancel)
{
    /// <summary>The car. Its number bears the check digit of North America.</summary>
    public const string Vin = "1M8GDM9AXKP042788";

    /// <summary>Another car of the same maker.</summary>
    public const string OtherVin = "1HGCM82633A004352";

    private const int Year = 2026;
    private readonly Clerk clerk = new(door, clock);
    private readonly List<CarStep> steps = [];

    /// <summary>The day on which it begins.</summary>
    public static Instant Begins { get; } = At(1, 2);

    public CarCast Cast { get; } = new();

    public Agreement<EMoney> Money { get; private set; }

    public Agreement<Registration> Register { get; set; }

    public Agreement<Recalls> Recalls { get; set; }

    public Agreement<VehicleLife> Book { get; set; }

    public Agreement<SerialParts> Parts { get; set; }

    public Agreement<Loan> Loan { get; set; }

    public Agreement<MotorPolicy> Policy { get; set; }

    public Agreement<MotorClaims> Claims { get; set; }

    /// <summary>The battery that is in the car.</summary>
    public static Sgtin Battery { get; } = new("05412345000013", "5001");

    /// <summary>All that was decided, in order.</summary>
    public IReadOnlyList<CarStep> Steps => steps;

    /// <summary>The clock of the ledger.</summary>
    public Instant Now => clerk.Now;

    /// <summary>A moment of the year, in UTC.</summary>
    public static Instant At(int month, int day, int hour = 0, int minute = 0) => new CalendarDate(Year, month, day).Begin.Plus(hour * 3_600 + minute * 60);

    /// <summary>An amount of money.</summary>
    public static Amount Euro(long cents) => new Unit(1).Of(cents);

    /// <summary>What the ledger holds in place of a paper.</summary>
    public static Hash Paper(string text) => Hash.Of(Encoding.UTF8.GetBytes(text));

    /// <summary>A mandate that outlives the story.</summary>
    public static Mandate UpTo(long each, long inAll) => new(Euro(each), Euro(inAll), At(1, 1).PlusDays(1_000));

    /// <summary>Time goes on to a moment.</summary>
    public void GoTo(int month, int day, int hour = 9, int minute = 0) => clock.MoveTo(At(month, day, hour, minute));

    /// <summary>The node, as somebody reads it.</summary>
    public KetenClient As(Actor who) => door.As(who);

    /// <summary>What somebody has, in cents.</summary>
    public long Balance(Actor of) => node.Read(ledger => ledger.State.Balance(of.Party, Euro(0).Unit));

    /// <summary>Everybody joins, and money is paid in.</summary>
    public async Task FoundAsync()
    {
        await EnrolAsync();
        Money = await OpenAsync<EMoney>("money is issued", [Cast.Institution], one => one.Open(EMoney.Contents, new EMoney.Begin(Cast.Institution.Party, "EUR", 2)));
        await PayInAsync(Cast.Ada, 300_000, "Ada's savings are paid in");
        await PayInAsync(Cast.Lender, 2_000_000, "the lender's money is paid in");
        await PayInAsync(Cast.Insurer, 1_000_000, "the insurer's money is paid in");
        await PayInAsync(Cast.Bob, 900_000, "Bob's savings are paid in");
        await PayInAsync(Cast.Household, 10_000, "the household's money is paid in");
        await PayInAsync(Cast.Renter, 20_000, "the renter's money is paid in");
        await PayInAsync(Cast.CarPark, 5_000, "the car park's money is paid in");
    }

    /// <summary>Money that somebody has paid in at the bank.</summary>
    public Task PayInAsync(Actor who, long cents, string step) =>
        DoAsync(step, [Cast.Institution], one => one.Call(EMoney.Contents, Money, new EMoney.Issue(who.Party, Euro(cents), Paper(step))));

    /// <summary>Something is done.</summary>
    /// <returns>What its first call did.</returns>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public async Task<OutcomeLeaf> DoAsync(string step, Actor[] signers, Func<TransactionBuilder, TransactionBuilder> calls)
    {
        var (answer, receipt) = await SubmitAsync(signers, calls);
        if (!answer.Done) throw new InvalidOperationException($"This had to be done and was refused: {step}. {answer.Reason}");
        steps.Add(new CarStep(step, answer.Id, receipt));
        return OutcomeLeaf.Read(Receipt.FromBytes(receipt).Outcomes[0].Leaf);
    }

    /// <summary>An agreement is opened.</summary>
    public async Task<Agreement<T>> OpenAsync<T>(string step, Actor[] signers, Func<TransactionBuilder, TransactionBuilder> calls) where T : class =>
        new((await DoAsync(step, signers, calls)).Agreement);

    /// <summary>Something is tried that has to be refused, and just so.</summary>
    /// <exception cref="InvalidOperationException">It was done, or refused for another reason.</exception>
    public async Task RefusedAsync(
        string what, IRefusal because, Actor[] signers, Func<TransactionBuilder, TransactionBuilder> calls, [CallerArgumentExpression(nameof(because))] string name = "")
    {
        var (answer, receipt) = await SubmitAsync(signers, calls);
        if (answer.Done || !ReferenceEquals(RefusalText.Find(BuiltIn.Catalogue, answer.Code), because)) throw new InvalidOperationException($"This had to be refused as {name}: {what}. {(answer.Done ? "It was done." : answer.Reason)}");
        steps.Add(new CarStep(what, answer.Id, receipt, name, answer.Reason));
    }

    /// <summary>Somebody signs a statement outside a transaction, in the form in which a clause takes it.</summary>
    public Signed<TStatement> Sign<TStatement>(Actor by, Clause clause, in TStatement statement) where TStatement : notnull
    {
        foreach (var field in clause.ArgumentsCodec.Fields)
            if (field.Of is Codec<TStatement> codec) return StatementSigning.Sign(door.LedgerId, by.Key, codec, statement);
        throw new InvalidOperationException("The clause takes no such statement.");
    }

    // All in one request.
    private async Task EnrolAsync()
    {
        var answers = await clerk.MustAsync([.. Cast.Parties.Select(party => clerk.Begin(party).Do(new KernelCalls.Enrol(party.Key.Public)).SignBy(party))], cancel);
        foreach (var (party, answer) in Cast.Parties.Zip(answers)) steps.Add(new CarStep($"{party.Name} joins", answer.Id, await door.ReceiptAsync(answer.Id, party, cancel)));
    }

    // A key that is no party's own reads nothing: what it did, its party reads.
    private async Task<(FinalAnswer Answer, byte[] Receipt)> SubmitAsync(Actor[] signers, Func<TransactionBuilder, TransactionBuilder> calls)
    {
        var answer = (await clerk.SubmitAsync([calls(clerk.Begin(signers)).SignBy(signers)], cancel))[0];
        return (answer, await door.ReceiptAsync(answer.Id, signers[0] == Cast.Wallet ? Cast.Ada : signers[0], cancel));
    }
}
