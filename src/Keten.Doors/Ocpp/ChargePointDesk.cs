using System.Collections.Concurrent;
using System.Text;
using Keten.Client;

namespace Keten.Doors;

/// <summary>How a card stands.</summary>
internal enum CardStanding
{
    Accepted,
    Blocked,
    Invalid,
}

/// <summary>What charge points ask and tell, whichever version they speak. What it is told is on disk when it returns.</summary>
internal sealed class ChargePointDesk(DoorsConfiguration configuration, DoorStore store, LedgerDesk desk, DoorKeys keys, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30), Patient = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Card> cards = configuration.Cards.ToDictionary(card => card.Token, StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<(string Point, ulong Agreement), (CardStanding Standing, DateTimeOffset At)> known = new();

    /// <summary>Called when something about a session has changed.</summary>
    public Action? Changed { get; set; }

    /// <summary>Lets a charge point in, and states its software where that is another than the register has. False where the register says that it is none, or revoked.</summary>
    public async Task<bool> BootAsync(ChargePoint point, string? software)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patient);
            var party = keys.PartyOf(point.Key);
            if (await desk.DeviceAsync(party, patience.Token) is not { Revoked: null } device) return false;
            if (string.IsNullOrWhiteSpace(software) || software == device.Software) return true;
            store.Do(open =>
            {
                // Once a version and day: where the ledger refuses it, it is not put there with each boot.
                var id = $"{software}@{clock.GetUtcNow():yyyy-MM-dd}";
                if (open.TakeOnce("software:" + point.Id, id, [], null, out _)) open.Hand(party.ToString(), Work.Software, point.Id, "software " + software, Encoding.UTF8.GetBytes(software));
            });
            return true;
        }
        catch (Exception fault) when (IsAway(fault))
        {
            // A charge point must not stand still because the ledger is away: nothing is charged before the register has been asked.
            return true;
        }
    }

    /// <summary>How a card stands at a charge point: by the doors' list, and by its agreement where the ledger can be asked.</summary>
    public async Task<CardStanding> StandingAsync(ChargePoint point, string token)
    {
        if (!cards.TryGetValue(token, out var card)) return CardStanding.Invalid;
        if (card.Blocked) return CardStanding.Blocked;
        var now = clock.GetUtcNow();
        if (known.TryGetValue((point.Id, card.Agreement), out var before) && now - before.At < Fresh) return before.Standing;
        try
        {
            using var patience = new CancellationTokenSource(Patient);
            var standing = await desk.MeteredUseAsync(card.Agreement, patience.Token) is { Ended: false } && await desk.AcceptsAsync(card.Agreement, keys.PartyOf(point.Key), patience.Token)
                ? CardStanding.Accepted : CardStanding.Invalid;
            known[(point.Id, card.Agreement)] = (standing, now);
            return standing;
        }
        catch (Exception fault) when (IsAway(fault))
        {
            return before.At == default ? CardStanding.Accepted : before.Standing;
        }
    }

    /// <summary>Takes an event of a transaction, once. When the transaction has ended and all of it is there, it is handed on.</summary>
    public void Take(ChargePoint point, PointEvent told, CardStanding? standing)
    {
        store.Do(open => Take(open, point, told, standing));
        Changed?.Invoke();
    }

    /// <summary>The same, within what else is kept.</summary>
    public void Take(DoorStore open, ChargePoint point, PointEvent told, CardStanding? standing)
    {
        if (!open.HasRoom) throw new Intake.FullException();
        var session = open.Session(point.Id, told.Transaction) ?? new OpenSession(point.Id, told.Transaction, null, 0, told.Connector, told.At, null, null, told.At, null, null, false);
        var full = open.CountEvents(point.Id, told.Transaction) >= configuration.Limits.Events && !told.Ends;
        if (session.Closed || full || !open.AddEvent(point.Id, told.Transaction, told.Number, told.Signed)) return;
        // Who ends it need not be who pays.
        if (told is { Token: { } token, Ends: false } && standing == CardStanding.Accepted && session.Agreement == 0) session = session with { Token = token, Agreement = cards[token].Agreement };
        if (told.Starts) session = session with { First = told.Number, Began = told.At, WattHoursBegan = told.WattHours ?? session.WattHoursBegan };
        if (told.Connector != 0) session = session with { Connector = told.Connector };
        if (told.WattHours is { } shown && told.At >= session.At) session = session with { WattHours = shown, WattHoursBegan = session.WattHoursBegan ?? shown };
        if (told.Ends) session = session with { Last = told.Number };
        session = session with { At = Math.Max(session.At, told.At) };
        open.Keep(session with { Closed = session.Last is not null && HandOn(open, point, session) });
    }

    // False while what is missing may still come: events wait on the charge point's side when the line is down.
    private bool HandOn(DoorStore open, ChargePoint point, OpenSession session)
    {
        var values = open.SignedValues(point.Id, session.Transaction);
        var key = values.LastOrDefault(value => value.Key is not null)?.Key;
        if (MeterSession.Whole(values) is { } record)
        {
            open.Hand(keys.PartyOf(point.Key).ToString(), Work.Session, point.Id, session.Transaction, record, session.Agreement, key);
            return true;
        }
        var whole = session is { First: { } first, Last: { } last } && open.CountEvents(point.Id, session.Transaction) == last - first + 1;
        if (!whole) return false;
        var (reason, sentence) = values.Count == 0 ? (ApartReason.Unsigned, "The transaction ended without a value that the meter signed.")
            : (ApartReason.NotBillable, "What the meter signed of the transaction does not go from its begin to its end.");
        open.KeepApart(point.Id, session.Transaction, reason, sentence, Encoding.UTF8.GetBytes(string.Join('\n', values.Select(value => value.Data))));
        return true;
    }

    internal static bool IsAway(Exception fault) =>
        fault is UnreachableException or UnexpectedAnswerException or ProblemException or HttpRequestException or IOException or OperationCanceledException or FormatException;
}
