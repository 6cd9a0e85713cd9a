using Keten.Client;

namespace Keten.Doors;

/// <summary>
/// Puts the outbox onto the ledger, each device's in order. A transaction is on disk before it is first sent, and is sent again, the same bytes, until it is known what became of it; only one that has
/// expired undecided is made anew, and what it does the contract does once. So a node that is away, a crash at any instant and an answer that is lost change nothing but the time.
/// </summary>
internal sealed class Sender(DoorStore store, LedgerDesk desk, Maker maker, TimeProvider clock, Action<string> tell)
{
    private const int AtOnce = 64;
    private const long MarginSeconds = 60;

    private readonly Bell woken = new();
    private string? trouble;

    /// <summary>Called with what has been done.</summary>
    public Action<Outgoing>? Done { get; set; }

    /// <summary>What keeps it from working now, if anything does.</summary>
    public string? Trouble => Volatile.Read(ref trouble);

    /// <summary>Has it look again.</summary>
    public void Wake() => woken.Ring();

    /// <summary>Works until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var failures = 0;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (!await StepAsync(cancel)) await woken.WaitAsync(TimeSpan.FromSeconds(1), cancel);
                failures = 0;
                Volatile.Write(ref trouble, null);
            }
            catch (Exception fault) when (!cancel.IsCancellationRequested)
            {
                // Whatever it is: what waits must not wait for ever because of it.
                if (failures++ == 0) tell("The ledger is not reached; what was taken waits. " + fault.Message);
                Volatile.Write(ref trouble, fault.Message);
                // A node that is back is noticed within seconds; one that is away is not asked all the time.
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(10, failures)), cancel);
            }
        }
    }

    /// <summary>Brings what waits a step on; false where nothing waits.</summary>
    internal async Task<bool> StepAsync(CancellationToken cancel)
    {
        var (waiting, rows) = (store.Waiting(AtOnce), new List<(Outgoing Row, byte[] Transaction)>());
        foreach (var row in waiting)
            if (await ReadyAsync(row, cancel) is { } transaction) rows.Add((row, transaction));
        if (rows.Count == 0) return waiting.Count > 0;
        var answers = await desk.Client.SubmitAsync([.. rows.Select(each => (ReadOnlyMemory<byte>)each.Transaction)], WaitUntil.Final, null, cancel);
        for (var each = 0; each < rows.Count; each++) await AnsweredAsync(rows[each].Row, answers[each], cancel);
        return true;
    }

    // The transaction of something that waits; null where it has come to its end without one.
    private async Task<byte[]?> ReadyAsync(Outgoing row, CancellationToken cancel)
    {
        if (row.Transaction is { } made)
        {
            if (clock.GetUtcNow().ToUnixTimeSeconds() < row.Expiry + MarginSeconds) return made;
            if (await desk.DoneAsync(row.TransactionId, cancel) is { } done)
            {
                if (done) End(row);
                else Apart(row, ApartReason.Refused, "The ledger refused it.");
                return null;
            }
        }
        try
        {
            var (transaction, id, expiry) = await maker.MakeAsync(row, cancel);
            store.Made(row.Sequence, transaction, id, expiry);
            return transaction;
        }
        catch (ApartException apart)
        {
            Apart(row, apart.Reason, apart.Message);
            return null;
        }
    }

    private async Task AnsweredAsync(Outgoing row, Submission answer, CancellationToken cancel)
    {
        switch (answer.Status)
        {
            case SubmissionStatus.Done:
                End(row);
                break;
            case SubmissionStatus.Refused when Refusals.IsAlready(answer.Refusal) && row.Tries + (row.Transaction is null ? 1 : 0) > 1:
                // An earlier transaction of the same was decided, and its answer was lost.
                End(row);
                break;
            case SubmissionStatus.Refused:
                Apart(row, Refusals.ReasonOf(answer.Refusal), Refusals.SentenceOf(answer.Refusal));
                break;
            case SubmissionStatus.Rejected when Refusals.MakesAnew(answer.Refusal):
                if (await desk.DoneAsync(answer.Id, cancel) is true) End(row);
                else store.Do(open => open.Run("UPDATE outbox SET tx = NULL WHERE seq = $seq", ("$seq", row.Sequence)));
                break;
            case SubmissionStatus.Rejected:
                throw new UnreachableException($"The node takes nothing from the doors now: {Refusals.SentenceOf(answer.Refusal)}");
        }
    }

    private void End(Outgoing row)
    {
        store.Do(open =>
        {
            Maker.Remember(open, row);
            open.Ended(row, Stage.Done);
        });
        Done?.Invoke(row);
    }

    private void Apart(Outgoing row, ApartReason reason, string sentence)
    {
        tell($"{row.Source} {row.Id} is kept apart: {sentence}");
        store.Do(open =>
        {
            open.KeepApart(row.Source, row.Id, reason, sentence, row.Content);
            open.Ended(row, Stage.Apart);
        });
    }
}
