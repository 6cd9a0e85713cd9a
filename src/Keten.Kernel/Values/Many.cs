using System.Collections;

namespace Keten.Kernel;

/// <summary>A short list that is a value: equal when its elements are, never changed, at most <see cref="AtMost"/> long. The default value is empty.</summary>
/// <typeparam name="T">The element.</typeparam>
public readonly struct Many<T> : IEquatable<Many<T>>, IReadOnlyList<T> where T : notnull
{
    /// <summary>No list in a state, a clause or an event is longer: longer ones are child records.</summary>
    public const int AtMost = 4096;

    private readonly T[]? items;

    /// <summary>Copies the elements.</summary>
    /// <exception cref="ArgumentException">There are more than <see cref="AtMost"/>.</exception>
    public Many(params ReadOnlySpan<T> items)
    {
        if (items.Length > AtMost) throw new ArgumentException("A list in a record holds at most 4,096 elements.", nameof(items));
        this.items = items.IsEmpty ? null : items.ToArray();
    }

    /// <summary>How many.</summary>
    public int Count => items?.Length ?? 0;

    /// <summary>The element at a place, from 0.</summary>
    public T this[int index] => (items ?? [])[index];

    /// <summary>The elements in place.</summary>
    public ReadOnlySpan<T> AsSpan() => items;

    /// <summary>Without allocation, for <c>foreach</c>.</summary>
    public ReadOnlySpan<T>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)(items ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => (items ?? []).GetEnumerator();

    /// <summary>Whether one of the elements equals it.</summary>
    public bool Contains(T item)
    {
        foreach (var mine in AsSpan())
            if (EqualityComparer<T>.Default.Equals(mine, item)) return true;
        return false;
    }

    /// <summary>Equal elements in the same order.</summary>
    public bool Equals(Many<T> other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Many<T> other && Equals(other);

    /// <summary>Of the length alone: for look-up only, and the same in every process.</summary>
    public override int GetHashCode() => Count;

    /// <summary>Equal elements in the same order.</summary>
    public static bool operator ==(Many<T> left, Many<T> right) => left.Equals(right);

    /// <summary>Other elements.</summary>
    public static bool operator !=(Many<T> left, Many<T> right) => !left.Equals(right);
}
