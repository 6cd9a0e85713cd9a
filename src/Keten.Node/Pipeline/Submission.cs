using Keten.Kernel;
using Keten.Kernel.Execution;

namespace Keten.Node.Pipeline;

/// <summary>One call of <see cref="LedgerNode.SubmitAsync"/>: its transactions, and the answers as they come.</summary>
internal sealed class Submission(IReadOnlyList<ReadOnlyMemory<byte>> transactions, WaitFor wait)
{
    private readonly TaskCompletionSource<Answer[]> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Answer[] answers = new Answer[transactions.Count];
    private int left = transactions.Count;

    public IReadOnlyList<ReadOnlyMemory<byte>> Transactions => transactions;

    public WaitFor Wait => wait;

    public Task<Answer[]> Done => done.Task;

    public void Answer(int index, in Answer answer)
    {
        answers[index] = answer;
        if (Interlocked.Decrement(ref left) == 0) done.TrySetResult(answers);
    }

    public void Reject(int index, Hash id, KernelRefusal refusal) => Answer(index, new Answer(id, AnswerStatus.Rejected, refusal, refusal.Number, 0, 0));

    /// <summary>None of it was taken.</summary>
    public Task<Answer[]> RejectAll(KernelRefusal refusal)
    {
        for (var index = 0; index < answers.Length; index++) Reject(index, default, refusal);
        return Done;
    }

    public void Fail(Exception why)
    {
        if (done.TrySetException(why)) _ = done.Task.Exception;     // who gave up waiting must not bring the process down
    }
}

/// <summary>A transaction that was verified and waits for the log, or for its block.</summary>
/// <param name="Checked">Verified.</param>
/// <param name="Submission">Whose answer it is.</param>
/// <param name="Index">Which of its answers.</param>
/// <param name="Began">When it was submitted, as the clock's timestamp.</param>
internal readonly record struct Waiting(CheckedTransaction Checked, Submission Submission, int Index, long Began);
