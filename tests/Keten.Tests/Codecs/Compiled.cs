using System.Collections.Immutable;
using Keten.Codecs;
using Keten.Codecs.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Keten.Tests.Codecs;

/// <summary>Source compiled in memory with the generator and the analyzers, and what they said.</summary>
internal static class Compiled
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview, DocumentationMode.Parse);

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path)
                is "System.Private.CoreLib" or "System.Runtime" or "System.Collections" or "System.Memory" or "Keten.Kernel")
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>A contract around these members.</summary>
    public static string Contract(string members, string fields = "Party Keeper", string beside = "") => $$"""
        using System;
        using System.Collections.Generic;
        using Keten.Kernel;
        namespace Tried;
        public sealed record Deal({{fields}})
        {
            public sealed record Agree(Party Keeper) : IOpening<Deal>
            {
                public Signers MustSign(Facts facts) => throw new NotSupportedException();
                public Outcome<Deal> Decide(Facts facts) => throw new NotSupportedException();
            }
            {{members}}
        }
        {{beside}}
        """;

    /// <summary>«KTN001 Deal.Bad» and the like: the generator's and the analyzers' findings, and the compiler's errors.</summary>
    public static string[] Findings(string source, OutputKind kind = OutputKind.DynamicallyLinkedLibrary)
    {
        var driver = Driver().RunGeneratorsAndUpdateCompilation(Compilation(kind, source), out var compilation, out var generated);
        Assert.Null(driver.GetRunResult().Results.Single().Exception);
        DiagnosticAnalyzer[] analyzers = [new NumbersAnalyzer(), new ContentsAnalyzer(), new ContainmentAnalyzer()];
        var all = compilation.WithAnalyzers([.. analyzers]).GetAllDiagnosticsAsync().GetAwaiter().GetResult();
        return
        [
            .. generated.Concat(all).Where(each => each.Severity >= DiagnosticSeverity.Warning)
                .OrderBy(each => each.Location.SourceSpan.Start).Select(each => $"{each.Id} {each.GetMessage()}"),
        ];
    }

    /// <summary>The generated files, by name.</summary>
    public static IReadOnlyDictionary<string, string> Files(params string[] sources) => Driver()
        .RunGenerators(Compilation(OutputKind.DynamicallyLinkedLibrary, sources)).GetRunResult().Results.Single()
        .GeneratedSources.ToDictionary(file => file.HintName, file => file.SourceText.ToString());

    /// <summary>Whether the generator, run again after one file was edited, had nothing to write.</summary>
    public static bool IsCachedAfter(string kept, string before, string after)
    {
        var compilation = Compilation(OutputKind.DynamicallyLinkedLibrary, kept, before);
        var edited = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[1], CSharpSyntaxTree.ParseText(after, Options, "1.cs"));
        var steps = Driver().RunGenerators(compilation).RunGenerators(edited).GetRunResult().Results.Single().TrackedOutputSteps;
        Assert.NotEmpty(steps);
        return steps.SelectMany(step => step.Value).SelectMany(run => run.Outputs).All(output => output.Reason == IncrementalStepRunReason.Cached);
    }

    private static GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new CodecGenerator().AsSourceGenerator()], parseOptions: Options,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    private static CSharpCompilation Compilation(OutputKind kind, params string[] sources) => CSharpCompilation.Create(
        "Tried", sources.Select((source, i) => CSharpSyntaxTree.ParseText(source, Options, $"{i}.cs")), References,
        new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable, checkOverflow: true));
}
