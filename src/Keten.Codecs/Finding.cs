using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Keten.Codecs;

/// <summary>A diagnostic without its syntax tree, so that the generator's steps can be compared and keep nothing alive.</summary>
internal sealed record Finding(string Rule, string What, string Why, string Path, TextSpan Span, LinePositionSpan Lines)
{
    public static Finding At(DiagnosticDescriptor rule, ISymbol symbol, string what, string why)
    {
        var location = symbol.Locations.FirstOrDefault(place => place.IsInSource);
        return location is null
            ? new Finding(rule.Id, what, why, "", default, default)
            : new Finding(rule.Id, what, why, location.SourceTree!.FilePath, location.SourceSpan, location.GetLineSpan().Span);
    }

    public Diagnostic ToDiagnostic()
    {
        var rule = Rule switch
        {
            "KTN001" => Rules.NoForm,
            "KTN002" => Rules.TooDeep,
            "KTN003" => Rules.NoKey,
            _ => Rules.NameTaken,
        };
        return Diagnostic.Create(rule, Path.Length == 0 ? Location.None : Location.Create(Path, Span, Lines), What, Why);
    }
}
