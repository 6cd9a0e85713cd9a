using Keten.Contracts.Crossings;
using Keten.Kernel.State;

namespace Keten.Client;

/// <summary>What carrying a transfer came to.</summary>
public enum CarriedTo
{
    /// <summary>It was received, and is settled at the side that sent it.</summary>
    Settled = 0,

    /// <summary>It was not received in time, and went back to its sender.</summary>
    TakenBack = 1,

    /// <summary>One of the ledgers refused a step.</summary>
    Refused = 2,

    /// <summary>It was not under way.</summary>
    NotUnderWay = 3,
}

/// <summary>Carries transfers from one side of a crossing to the other: brings each ledger what the other has certified. Whoever does it is trusted with nothing, and may stop and begin again anywhere.</summary>
/// <param name="from">The side that sent.</param>
/// <param name="to">The other.</param>
public sealed class CrossingCarrier(CrossingEnd from, CrossingEnd to)
{
    /// <summary>Carries a transfer as far as it goes now: it is received and settled, or goes back where its deadline is past.</summary>
    /// <param name="number">The sending side's.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <returns>What it came to, and the last answer; of a refusal, that one.</returns>
    /// <exception cref="ProblemException">A node refuses a question.</exception>
    /// <exception cref="UnreachableException">A node cannot be reached; what was done stays done.</exception>
    public async Task<(CarriedTo Result, Submission Answer)> CarryAsync(ulong number, CancellationToken cancel = default)
    {
        var sent = await from.ShowAsync([CrossingRecords.TransferKey(from.Agreement, number)], cancel);
        if (sent.Records[0].Value is not { } value || CrossingRecords.Transfer(value) is not { Stage: TransferStage.UnderWay } transfer) return (CarriedTo.NotUnderWay, default);
        var there = await ThereAsync(number, cancel);
        if (there.Records[1].Value is null && there.Now(0) < transfer.Deadline)
        {
            if (await to.FollowAsync(sent, cancel) is { } unfollowed) return (CarriedTo.Refused, unfollowed);
            var received = await to.DoAsync(new Crossing.Receive(new Crossing.TransferNumber(number), sent.Proof(0)), cancel: cancel);
            there = await ThereAsync(number, cancel);
            // Refused, and neither past its deadline nor received by another hand meanwhile.
            if (received.Status != SubmissionStatus.Done && there.Records[1].Value is null && there.Now(0) < transfer.Deadline) return (CarriedTo.Refused, received);
        }
        if (await from.FollowAsync(there, cancel) is { } refused) return (CarriedTo.Refused, refused);
        var isThere = there.Records[1].Value is not null;
        var answer = isThere ? await from.DoAsync(new Crossing.Settle(new Crossing.TransferNumber(number), there.Proof(1)), cancel: cancel)
            : await from.DoAsync(new Crossing.TakeBack(new Crossing.TransferNumber(number), there.Proof(0, 1)), cancel: cancel);
        return (answer.Status != SubmissionStatus.Done ? CarriedTo.Refused : isThere ? CarriedTo.Settled : CarriedTo.TakenBack, answer);
    }

    private Task<CrossingView> ThereAsync(ulong number, CancellationToken cancel) => to.ShowAsync([RecordKeys.Clock(), CrossingRecords.ReceiptKey(to.Agreement, number)], cancel);
}
