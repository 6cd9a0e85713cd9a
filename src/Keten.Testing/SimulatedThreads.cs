namespace Keten.Testing;

/// <summary>A scheduler that runs everything on the thread that asks, one task at a time, in an order drawn from the seed: concurrent code that was handed it repeats itself exactly.</summary>
public sealed class SimulatedThreads(int seed) : TaskScheduler
{
    private readonly List<Task> ready = [];
    private readonly Random random = new(seed);
    private readonly int owner = Environment.CurrentManagedThreadId;
    private int strays;

    /// <summary>How many tasks came from another thread than the one that made this. More than none: something left the scheduler, and the run need not repeat itself.</summary>
    public int Strays => Volatile.Read(ref strays);

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Starts a function under this scheduler. It runs when a <c>Run</c> method is called.</summary>
    public Task<T> Start<T>(Func<Task<T>> function) => Task.Factory.StartNew(function, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    /// <summary>Starts a function under this scheduler. It runs when a <c>Run</c> method is called.</summary>
    public Task Start(Func<Task> function) => Task.Factory.StartNew(function, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    /// <summary>Runs until nothing is ready.</summary>
    public void Run()
    {
        while (RunOne()) { }
    }

    /// <summary>Starts a function, runs until nothing is ready, and gives its result, or throws what it threw.</summary>
    /// <exception cref="InvalidOperationException">Nothing is ready, and the function has not ended: it waits for something that nobody will do.</exception>
    public T Run<T>(Func<Task<T>> function)
    {
        var task = Start(function);
        Run();
        return task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("Everything waits, and nothing is left to run.");
    }

    /// <summary>Runs one task that is ready; false where none is.</summary>
    public bool RunOne()
    {
        Task task;
        lock (ready)
        {
            if (ready.Count == 0) return false;
            var chosen = random.Next(ready.Count);
            task = ready[chosen];
            ready.RemoveAt(chosen);
        }
        // A test runner's own context would take the continuations away from this scheduler.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            TryExecuteTask(task);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
        return true;
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        if (Environment.CurrentManagedThreadId != owner) Interlocked.Increment(ref strays);
        lock (ready) ready.Add(task);
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (ready) return [.. ready];
    }
}
