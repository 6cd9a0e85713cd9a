namespace Keten.Kernel;

/// <summary>A clause's yes.</summary>
public readonly struct Accepted<T> where T : class
{
    internal Accepted(Draft draft) => Draft = draft;

    internal Draft Draft { get; }
}

internal sealed class Draft;
