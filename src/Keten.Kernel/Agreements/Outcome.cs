namespace Keten.Kernel;

/// <summary>What a clause proposes: the draft that <see cref="Facts.Accept{T}"/> began, or a refusal.</summary>
/// <typeparam name="T">The contract.</typeparam>
public readonly struct Outcome<T> where T : class
{
    private Outcome(Draft? draft, IRefusal? refusal) => (Draft, Refusal) = (draft, refusal);

    internal Draft? Draft { get; }

    internal IRefusal? Refusal { get; }

    /// <summary>Done.</summary>
    public static implicit operator Outcome<T>(Accepted<T> accepted) => new(accepted.Draft, null);

    /// <summary>Not done, and why.</summary>
    public static implicit operator Outcome<T>(Refusal<T> refusal) => new(null, refusal);

    /// <summary>Not done, for a reason that the kernel names.</summary>
    public static implicit operator Outcome<T>(KernelRefusal refusal) => new(null, refusal);
}
