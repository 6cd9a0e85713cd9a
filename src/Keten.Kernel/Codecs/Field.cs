namespace Keten.Kernel;

/// <summary>What kind of value a field holds; forms, help texts and OpenAPI follow from it.</summary>
public enum FieldKind
{
    /// <summary>True or false.</summary>
    Boolean = 0,

    /// <summary>A whole number.</summary>
    Integer = 1,

    /// <summary>Text of at most 256 bytes of UTF-8, nothing personal.</summary>
    Text = 2,

    /// <summary>A <see cref="Kernel.Hash"/>.</summary>
    Hash = 3,

    /// <summary>A <see cref="Kernel.Party"/>.</summary>
    Party = 4,

    /// <summary>A <see cref="Kernel.KeyId"/>.</summary>
    KeyId = 5,

    /// <summary>A <see cref="Kernel.PublicKey"/>.</summary>
    PublicKey = 6,

    /// <summary>A <see cref="Kernel.Unit"/>.</summary>
    Unit = 7,

    /// <summary>A <see cref="Kernel.Amount"/>.</summary>
    Amount = 8,

    /// <summary>An <see cref="Kernel.Instant"/>.</summary>
    Instant = 9,

    /// <summary>A <see cref="Kernel.Rate"/>.</summary>
    Rate = 10,

    /// <summary>A <see cref="Kernel.Reference"/>.</summary>
    Reference = 11,

    /// <summary>An <see cref="Agreement{T}"/>.</summary>
    Agreement = 12,

    /// <summary>One of a few named values.</summary>
    Choice = 13,

    /// <summary>Another record.</summary>
    Record = 14,

    /// <summary>A <see cref="Signed{T}"/> statement.</summary>
    Signed = 15,

    /// <summary>An <see cref="Owner"/>.</summary>
    Owner = 16,

    /// <summary>A <see cref="Kernel.Signature"/>.</summary>
    Signature = 17,

    /// <summary>A <see cref="Kernel.Proof"/>: bytes, at most 64 KiB.</summary>
    Proof = 18,
}

/// <summary>One field of a record, as its codec describes it.</summary>
/// <param name="Name">As in the source.</param>
/// <param name="Kind">What it holds; of a list, what its elements are.</param>
/// <param name="Words">What its documentation says; may be empty.</param>
/// <param name="Optional">Whether it may be absent (null).</param>
/// <param name="List">Whether it is a list of that kind.</param>
/// <param name="Of">The nested record's or statement's codec.</param>
/// <param name="Choices">The names of a choice, by their number's order.</param>
/// <param name="To">The contract that an agreement is of.</param>
/// <param name="Numbers">The numbers of a choice, each at the place of its name: what its bytes hold.</param>
public sealed record Field(
    string Name, FieldKind Kind, string Words = "", bool Optional = false, bool List = false, Codec? Of = null, Many<string> Choices = default, string To = "",
    Many<ulong> Numbers = default);
