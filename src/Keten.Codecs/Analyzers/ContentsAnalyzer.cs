using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Keten.Codecs.Analyzers;

/// <summary>A contract's contents page lists every clause, event and table that the contract declares, each number once (KTN013).</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ContentsAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.Contents];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSyntaxNodeAction(Examine, SyntaxKind.VariableDeclarator, SyntaxKind.PropertyDeclaration);
    }

    private static void Examine(SyntaxNodeAnalysisContext context)
    {
        var (name, page) = context.Node switch
        {
            VariableDeclaratorSyntax field => (field.Identifier, (SyntaxNode?)field.Initializer),
            PropertyDeclarationSyntax property => (property.Identifier, (SyntaxNode?)property.ExpressionBody ?? property.Initializer),
            _ => default,
        };
        if (page is null || name.ValueText != "Contents") return;
        if (context.ContainingSymbol is not { IsStatic: true, ContainingType: { } contract } || !Kernel.IsContract(contract)) return;

        var lines = page.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Where(access => IsCodecOf(contract, access)).ToList();
        foreach (var nested in contract.GetTypeMembers().Where(type => Kernel.IsClause(type) || Kernel.IsEvent(type)))
            if (!lines.Exists(line => line.Name.Identifier.ValueText == nested.Name)) Report($"{contract.Name}.{nested.Name} is not listed in Contents");

        var mentioned = page.DescendantNodes().OfType<IdentifierNameSyntax>().Select(identifier => identifier.Identifier.ValueText).ToList();
        foreach (var table in Kernel.Tables(contract))
            if (!mentioned.Contains(table.Name)) Report($"The table {contract.Name}.{table.Name} is not listed in Contents");

        Repeated("clause", Kernel.IsClause);
        Repeated("event", Kernel.IsEvent);

        void Repeated(string kind, Func<INamedTypeSymbol, bool> isKind)
        {
            var numbers = new HashSet<object>();
            foreach (var line in lines.Where(line => contract.GetTypeMembers(line.Name.Identifier.ValueText).Any(isKind)).OrderBy(line => line.SpanStart))
                if (Number(line) is { } number && !numbers.Add(number)) Report($"{contract.Name} has a second {kind} {number}", line);
        }

        object? Number(MemberAccessExpressionSyntax line) =>
            line.Parent is ArgumentSyntax { Parent: ArgumentListSyntax { Arguments: { Count: > 1 } arguments } } && arguments[0] != line.Parent
                ? context.SemanticModel.GetConstantValue(arguments[0].Expression, context.CancellationToken).Value
                : null;

        void Report(string what, SyntaxNode? at = null) =>
            context.ReportDiagnostic(Diagnostic.Create(Rules.Contents, at?.GetLocation() ?? name.GetLocation(), what));
    }

    // «Codecs.Charging.Charge»: by its words, so that it is judged the same while the generator's result is still to come.
    private static bool IsCodecOf(INamedTypeSymbol contract, MemberAccessExpressionSyntax access) =>
        access.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var group, Expression: var root }
        && group == contract.Name
        && (root is IdentifierNameSyntax { Identifier.ValueText: "Codecs" } or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Codecs" });
}
