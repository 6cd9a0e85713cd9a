using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Keten.Codecs.Analyzers;

/// <summary>
/// A contract catches nothing and loops only over what is bounded (KTN014, KTN015, KTN016). In a library that declares a contract this holds for every type,
/// so for the algorithms beside contracts too; in an executable, a host or a test, for contracts and what they nest.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ContainmentAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.Caught, Rules.Sequence, Rules.Endless];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var all = new Lazy<bool>(() =>
                start.Compilation.Options.OutputKind == OutputKind.DynamicallyLinkedLibrary && Kernel.HasContract(start.Compilation.Assembly.GlobalNamespace));
            start.RegisterSyntaxNodeAction(node => Catch(node, all), SyntaxKind.CatchClause);
            start.RegisterOperationAction(loop => Loop(loop, all), OperationKind.Loop);
        });
    }

    private static void Catch(SyntaxNodeAnalysisContext context, Lazy<bool> all)
    {
        if (IsContained(context.ContainingSymbol, all))
            context.ReportDiagnostic(Diagnostic.Create(Rules.Caught, ((CatchClauseSyntax)context.Node).CatchKeyword.GetLocation()));
    }

    private static void Loop(OperationAnalysisContext context, Lazy<bool> all)
    {
        if (!IsContained(context.ContainingSymbol, all)) return;
        switch (context.Operation)
        {
            case IForEachLoopOperation { Collection: var collection } when Given(collection) is var type && !IsBounded(type):
                context.ReportDiagnostic(Diagnostic.Create(Rules.Sequence, collection.Syntax.GetLocation(), type?.ToDisplayString() ?? "this"));
                break;
            case IWhileLoopOperation { Condition: var condition } when IsAlways(condition):
            case IForLoopOperation { Condition: null }:
            case IForLoopOperation { Condition: { } always } when IsAlways(always):
                context.ReportDiagnostic(Diagnostic.Create(Rules.Endless, context.Operation.Syntax.GetFirstToken().GetLocation()));
                break;
            default:
                break;
        }
    }

    private static bool IsAlways(IOperation? condition) => condition is { ConstantValue: { HasValue: true, Value: true } };

    // An array is looped over as a sequence: what counts is what was given.
    private static ITypeSymbol? Given(IOperation collection) =>
        collection is IConversionOperation { IsImplicit: true } conversion ? Given(conversion.Operand) : collection.Type;

    private static bool IsBounded(ITypeSymbol? type) => type is IArrayTypeSymbol || IsKernels(type?.ContainingNamespace)
        || type is INamedTypeSymbol { Name: "Span" or "ReadOnlySpan", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    private static bool IsKernels(INamespaceSymbol? space) => space is not null && (Kernel.Is(space) || IsKernels(space.ContainingNamespace));

    private static bool IsContained(ISymbol? symbol, Lazy<bool> all)
    {
        for (var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType; type is not null; type = type.ContainingType)
            if (Kernel.IsContract(type)) return true;
        return all.Value;
    }
}
