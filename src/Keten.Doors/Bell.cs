namespace Keten.Doors;

/// <summary>Somebody waits until it is rung, or for so long.</summary>
internal sealed class Bell
{
    private TaskCompletionSource rung = New();

    public void Ring() => Volatile.Read(ref rung).TrySetResult();

    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancel)
    {
        await Task.WhenAny(Volatile.Read(ref rung).Task, Task.Delay(atMost, cancel));
        cancel.ThrowIfCancellationRequested();
        Volatile.Write(ref rung, New());
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
