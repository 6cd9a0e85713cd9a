using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Keten.Codecs.Analyzers;

/// <summary>Refusals and tables are numbered by hand, each number once; a refusal says one sentence (KTN010, KTN011, KTN012).</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NumbersAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.RefusalTwice, Rules.RefusalUnsaid, Rules.TableTwice];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolStartAction(Start, SymbolKind.NamedType);
    }

    private static void Start(SymbolStartAnalysisContext type)
    {
        var (refusals, tables) = (new ConcurrentBag<Numbered>(), new ConcurrentBag<Numbered>());
        type.RegisterOperationAction(
            made =>
            {
                // An operation within a nested type is that type's to judge.
                if (!made.ContainingSymbol.IsStatic || !SymbolEqualityComparer.Default.Equals(made.ContainingSymbol.ContainingType, type.Symbol)) return;
                var creation = (IObjectCreationOperation)made.Operation;
                if (Kernel.Has(creation.Type, "Refusal") || Kernel.Has(creation.Type, "KernelRefusal")) Refusal(creation, refusals, made.ReportDiagnostic);
                else if (Kernel.Has(creation.Type, "Records")) Add(creation, tables);
            },
            OperationKind.ObjectCreation);
        type.RegisterSymbolEndAction(end =>
        {
            Repeated(refusals, Rules.RefusalTwice, end);
            Repeated(tables, Rules.TableTwice, end);
        });
    }

    private static void Refusal(IObjectCreationOperation creation, ConcurrentBag<Numbered> refusals, Action<Diagnostic> report)
    {
        Add(creation, refusals);
        if (Argument(creation, "sentence") is { ConstantValue: { HasValue: true, Value: var said } } argument
            && (said is not string sentence || !sentence.EndsWith(".", StringComparison.Ordinal) || string.IsNullOrWhiteSpace(sentence.TrimEnd('.'))))
            report(Diagnostic.Create(Rules.RefusalUnsaid, argument.Syntax.GetLocation()));
    }

    private static void Add(IObjectCreationOperation creation, ConcurrentBag<Numbered> to)
    {
        if (Argument(creation, "number") is { ConstantValue: { HasValue: true, Value: { } number } } argument)
            to.Add(new Numbered(Convert.ToInt64(number, null), argument.Syntax.GetLocation()));
    }

    private static IOperation? Argument(IObjectCreationOperation creation, string name) =>
        creation.Arguments.FirstOrDefault(each => each.Parameter!.Name == name)?.Value;

    private static void Repeated(IEnumerable<Numbered> all, DiagnosticDescriptor rule, SymbolAnalysisContext end)
    {
        foreach (var same in all.GroupBy(each => each.Number))
            foreach (var later in same.OrderBy(each => each.At.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(each => each.At.SourceSpan.Start).Skip(1))
                end.ReportDiagnostic(Diagnostic.Create(rule, later.At, end.Symbol.Name, later.Number));
    }

    private sealed record Numbered(long Number, Location At);
}
