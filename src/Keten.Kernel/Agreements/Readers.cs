namespace Keten.Kernel;

/// <summary>Who may read an agreement, its records and its events.</summary>
public readonly struct Readers
{
    private readonly Party[]? named;

    private Readers(bool everyone, Party[]? named) => (IsEveryone, this.named) = (everyone, named);

    /// <summary>What is public by its nature: a register, a price list, a poll's result.</summary>
    public static Readers Everyone => new(true, null);

    /// <summary>Whether all may.</summary>
    public bool IsEveryone { get; }

    /// <summary>Who may, where not all do.</summary>
    public ReadOnlySpan<Party> Named => named;

    /// <summary>These.</summary>
    public static Readers Of(params ReadOnlySpan<Party> parties) => new(false, parties.ToArray());

    /// <summary>Whether a party may.</summary>
    public bool Allows(Party party) => IsEveryone || Named.Contains(party);
}

/// <summary>Stands on a contract's state where its readers are others than the parties that the state names.</summary>
public interface IReadBy
{
    /// <summary>Who may read now.</summary>
    Readers MayRead(Facts facts);
}
