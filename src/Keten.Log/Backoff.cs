namespace Keten.Log;

/// <summary>How long to wait before trying a server again: 20 ms, doubling up to two seconds.</summary>
internal sealed class Backoff
{
    private int failures;

    public Task WaitAsync(CancellationToken cancel) => Task.Delay(Math.Min(2000, 20 << Math.Min(failures++, 7)), cancel);

    public void Reset() => failures = 0;
}
