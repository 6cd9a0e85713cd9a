using System.Collections.Concurrent;

namespace Keten.Node.Pipeline;

/// <summary>Threads of its own: verification on the pool's would keep the HTTP server waiting for one.</summary>
internal sealed class VerifierThreads : TaskScheduler, IDisposable
{
    private readonly BlockingCollection<Task> ready = [];
    private readonly Thread[] threads;

    public VerifierThreads(int count)
    {
        threads = new Thread[count];
        for (var each = 0; each < count; each++)
        {
            threads[each] = new Thread(Work) { IsBackground = true, Name = "keten verifier" };
            threads[each].Start();
        }
    }

    public override int MaximumConcurrencyLevel => threads.Length;

    /// <summary>Ends the threads. Nothing may be scheduled any more.</summary>
    public void Dispose()
    {
        ready.CompleteAdding();
        foreach (var thread in threads) thread.Join();
        ready.Dispose();
    }

    protected override void QueueTask(Task task) => ready.Add(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => ready.ToArray();

    private void Work()
    {
        foreach (var task in ready.GetConsumingEnumerable()) TryExecuteTask(task);
    }
}
