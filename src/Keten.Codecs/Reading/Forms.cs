using Microsoft.CodeAnalysis;

namespace Keten.Codecs.Reading;

/// <summary>How one value stands in canonical CBOR.</summary>
internal enum Form
{
    /// <summary>It cannot; a finding has said so.</summary>
    None,
    Boolean,
    Unsigned,
    Integer,
    Text,
    Choice,
    Hash,
    Party,
    KeyId,
    PublicKey,
    Signature,
    Unit,
    Amount,
    Instant,
    Rate,
    Reference,
    Owner,
    Proof,
    Agreement,
    Record,
    Signed,
}

/// <summary>One field of a record, as the codec's source needs it.</summary>
/// <param name="Name">The constructor's parameter and the property.</param>
/// <param name="Words">What the documentation says.</param>
/// <param name="Form">Of a list: its elements'.</param>
/// <param name="Type">The type in that form, without «?» and without the list around it.</param>
/// <param name="Optional">Whether null may stand for it.</param>
/// <param name="List">Whether it is a list.</param>
internal sealed record FieldForm(string Name, string Words, Form Form, ITypeSymbol Type, bool Optional, bool List)
{
    /// <summary>The nested record's or the signed statement's.</summary>
    public RecordForm? Of { get; init; }

    /// <summary>The contract that an agreement is of.</summary>
    public string To { get; init; } = "";

    public bool NamesParties => Form is Form.Party or Form.Owner || (Of?.NamesParties ?? false);
}

/// <summary>A record, as its codec's source needs it.</summary>
internal sealed record RecordForm(INamedTypeSymbol Type, Place Place, IReadOnlyList<FieldForm> Fields)
{
    public bool NamesParties => Fields.Any(each => each.NamesParties);

    /// <summary>Whether it is a contract's own, a state or nested in one, and so written with that contract.</summary>
    public bool IsHolders => Place.Root == "Codecs" && (Kernel.IsHolder(Type) || (Type.ContainingType is { } outer && Kernel.IsHolder(outer)));

    /// <summary>How deep its CBOR nests: itself, lists and statements counted.</summary>
    public int Depth => 1 + Fields.Select(DepthOf).DefaultIfEmpty(0).Max();

    private static int DepthOf(FieldForm field) =>
        (field.List ? 1 : 0) + (field.Form == Form.Signed ? 1 : 0) + (field.Form == Form.Amount ? 1 : 0) + (field.Of?.Depth ?? 0);
}
