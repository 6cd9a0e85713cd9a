namespace Keten.Log;

/// <summary>Wakes all who wait for the next change. Take <see cref="Next"/> before looking at what may change, so that no change is missed.</summary>
internal sealed class Signal
{
    private TaskCompletionSource source = New();

    public Task Next => Volatile.Read(ref source).Task;

    public void Set() => Interlocked.Exchange(ref source, New()).TrySetResult();

    // Continuations never run inside Set: who sets it may hold a lock, and must not do the work of those who waited.
    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
