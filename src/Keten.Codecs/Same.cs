namespace Keten.Codecs;

/// <summary>A list that equals another when its elements do, so that a step of the generator whose result did not change is not followed by another.</summary>
internal readonly struct Same<T> : IEquatable<Same<T>> where T : IEquatable<T>
{
    private readonly T[]? items;

    public Same(IEnumerable<T> items) => this.items = [.. items];

    public IReadOnlyList<T> Items => items ?? [];

    public bool Equals(Same<T> other) => Items.SequenceEqual(other.Items);

    public override bool Equals(object? obj) => obj is Same<T> other && Equals(other);

    public override int GetHashCode() => Items.Count;
}
