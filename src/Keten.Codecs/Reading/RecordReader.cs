using Microsoft.CodeAnalysis;

namespace Keten.Codecs.Reading;

/// <summary>Reads records from the compiler's symbols into forms, and says what has none.</summary>
internal sealed class RecordReader(Compilation compilation, List<Finding> findings)
{
    // CBOR nests at most 16 deep (protocol.md, 31); a transaction's own levels around a call take the rest.
    private const int DepthAtMost = 12;

    private readonly Dictionary<INamedTypeSymbol, RecordForm> read = new(SymbolEqualityComparer.Default);
    private readonly List<INamedTypeSymbol> open = [];

    /// <summary>Every record that was read, those first that others are made of.</summary>
    public List<RecordForm> Records { get; } = [];

    /// <summary>The form of a record; null where it is no positional record.</summary>
    public RecordForm? Read(INamedTypeSymbol type)
    {
        if (read.TryGetValue(type, out var known)) return known;
        if (Positional.Of(type) is not { } parameters) return null;
        open.Add(type);
        var words = Words.OfParameters(type);
        var fields = parameters.Select(parameter => Field(type, parameter, words.TryGetValue(parameter.Name, out var said) ? said : "")).ToList();
        open.RemoveAt(open.Count - 1);
        var form = new RecordForm(type, Place.Of(type, compilation.Assembly), fields);
        if (!type.DeclaringSyntaxReferences.IsEmpty) Whole(type, parameters);
        if (form.Depth > DepthAtMost) findings.Add(Finding.At(Rules.TooDeep, type, Place.NameOf(type), $"its bytes would nest more than {DepthAtMost} deep"));
        read.Add(type, form);
        Records.Add(form);
        return form;
    }

    /// <summary>A contract's state and the records nested in it, in the order of the source.</summary>
    public IReadOnlyList<RecordForm> ReadOwn(INamedTypeSymbol holder)
    {
        var own = new List<RecordForm>();
        if (!holder.IsStatic && Read(holder) is { } state) own.Add(state);
        else if (!holder.IsStatic) Refuse(holder, holder, "a contract's state is a positional record");
        foreach (var nested in holder.GetTypeMembers().Where(type => type.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal))
        {
            if (Read(nested) is { } record) own.Add(record);
            else if (nested.TypeKind != TypeKind.Interface && (Kernel.MakesHolder(nested) || Kernel.IsClause(nested) || Kernel.IsEvent(nested)))
                Refuse(nested, nested, "a clause or an event is a positional record");
        }
        // What a table keeps may stand beside the contract.
        foreach (var table in Kernel.Tables(holder))
            if (((INamedTypeSymbol)table.Type).TypeArguments.Last() is INamedTypeSymbol { TypeKind: TypeKind.Struct } value && !Kernel.Has(value)) Read(value);
        return own;
    }

    private void Whole(INamedTypeSymbol type, IReadOnlyList<IParameterSymbol> parameters)
    {
        if (Positional.Besides(type, parameters) is { } besides)
            Refuse(besides.AssociatedSymbol ?? besides, type, "it is not among the constructor's parameters, and would be lost");
        if (type.IsGenericType) Refuse(type, type, "a generic record has as many forms as uses");
        if (type.IsAbstract || type.BaseType is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) })
            Refuse(type, type, "a record in a contract neither inherits nor is inherited");
    }

    private FieldForm Field(INamedTypeSymbol type, IParameterSymbol parameter, string words)
    {
        var (element, optional) = Present(parameter.Type);
        var list = Kernel.Has(element, "Many");
        if (list) element = ((INamedTypeSymbol)element).TypeArguments[0];
        var field = new FieldForm(parameter.Name, words, FormOf(element), element, optional, list);
        if (list && (Present(element).Optional || Kernel.Has(element, "Many")))
            return Refused(parameter, type, field, "a list holds neither lists nor nothing");
        return field.Form switch
        {
            Form.None => Nested(type, parameter, field with { Form = Form.Record }, element),
            Form.Signed => Nested(type, parameter, field, ((INamedTypeSymbol)element).TypeArguments[0]),
            Form.Agreement => field with { To = ((INamedTypeSymbol)element).TypeArguments[0].Name },
            Form.Choice when Choices.Fault(element) is { } fault => Refused(parameter, type, field, fault),
            _ => field,
        };
    }

    private FieldForm Nested(INamedTypeSymbol type, IParameterSymbol parameter, FieldForm field, ITypeSymbol record)
    {
        if (open.Contains(record, SymbolEqualityComparer.Default))
        {
            var what = $"{Place.NameOf(type)}.{parameter.Name}";
            findings.Add(Finding.At(Rules.TooDeep, parameter, what, $"a record cannot contain {record.Name}, of which it is a part"));
            return field with { Form = Form.None };
        }
        return record is INamedTypeSymbol named && compilation.IsSymbolAccessibleWithin(named, compilation.Assembly) && Read(named) is { } of
            ? field with { Of = of }
            : Refused(parameter, type, field, $"{record.ToDisplayString()} is neither a kind of field nor a positional record");
    }

    private FieldForm Refused(ISymbol symbol, INamedTypeSymbol type, FieldForm field, string why)
    {
        Refuse(symbol, type, why);
        return field with { Form = Form.None };
    }

    private void Refuse(ISymbol symbol, INamedTypeSymbol type, string why) => findings.Add(Finding.At(
        Rules.NoForm, symbol, SymbolEqualityComparer.Default.Equals(symbol, type) ? Place.NameOf(type) : $"{Place.NameOf(type)}.{symbol.Name}", why));

    private static (ITypeSymbol Type, bool Optional) Present(ITypeSymbol type) => type switch
    {
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => (nullable.TypeArguments[0], true),
        { IsReferenceType: true, NullableAnnotation: NullableAnnotation.Annotated } => (type.WithNullableAnnotation(NullableAnnotation.NotAnnotated), true),
        _ => (type, false),
    };

    private static Form FormOf(ITypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Enum } => Form.Choice,
        _ when Kernel.Has(type) => type.Name switch
        {
            "Hash" => Form.Hash,
            "Party" => Form.Party,
            "KeyId" => Form.KeyId,
            "PublicKey" => Form.PublicKey,
            "Signature" => Form.Signature,
            "Unit" => Form.Unit,
            "Amount" => Form.Amount,
            "Instant" => Form.Instant,
            "Rate" => Form.Rate,
            "Reference" => Form.Reference,
            "Owner" => Form.Owner,
            "Proof" => Form.Proof,
            "Agreement" => Form.Agreement,
            "Signed" => Form.Signed,
            _ => Form.None,
        },
        _ => type.SpecialType switch
        {
            SpecialType.System_Boolean => Form.Boolean,
            SpecialType.System_Byte or SpecialType.System_UInt16 or SpecialType.System_UInt32 or SpecialType.System_UInt64 => Form.Unsigned,
            SpecialType.System_Int16 or SpecialType.System_Int32 or SpecialType.System_Int64 => Form.Integer,
            SpecialType.System_String => Form.Text,
            _ => Form.None,
        },
    };
}
