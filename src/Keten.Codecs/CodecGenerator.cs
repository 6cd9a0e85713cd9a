using System.Text;
using Keten.Codecs.Reading;
using Keten.Codecs.Writing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Keten.Codecs;

/// <summary>Writes the codecs of every contract, and of every record that contracts are made of, into the compilation that declares the contracts.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class CodecGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var holders = context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) => node is TypeDeclarationSyntax { BaseList: not null, Parent: TypeDeclarationSyntax },
                static (found, cancel) => found.SemanticModel.GetDeclaredSymbol(found.Node, cancel) is INamedTypeSymbol nested && IsFirst(nested)
                    ? Written.From(nested.ContainingType, found.SemanticModel.Compilation)
                    : null)
            .Where(static written => written is not null)
            .Collect();
        context.RegisterSourceOutput(holders, static (output, all) =>
        {
            // Two contracts may be made of the same record: its codec is written once.
            foreach (var file in all.SelectMany(written => written!.Files.Items).GroupBy(file => file.Name).Select(same => same.First()))
                output.AddSource(file.Name, SourceText.From(file.Text, NoMark));
            foreach (var finding in all.SelectMany(written => written!.Findings.Items).Distinct()) output.ReportDiagnostic(finding.ToDiagnostic());
        });
    }

    private static readonly UTF8Encoding NoMark = new(encoderShouldEmitUTF8Identifier: false);

    // A contract is met once, however many openings it has.
    private static bool IsFirst(INamedTypeSymbol nested) =>
        SymbolEqualityComparer.Default.Equals(nested.ContainingType.GetTypeMembers().FirstOrDefault(Kernel.MakesHolder), nested);

    private sealed record File(string Name, string Text);

    /// <summary>What one contract gives: text and findings, which compare by value.</summary>
    private sealed record Written(Same<File> Files, Same<Finding> Findings)
    {
        public static Written From(INamedTypeSymbol holder, Compilation compilation)
        {
            var findings = new List<Finding>();
            var reader = new RecordReader(compilation, findings);
            var own = reader.ReadOwn(holder);
            var keys = KeyReader.Read(holder, findings);
            CheckNames(holder, own, keys, findings);
            var place = Place.Of(holder, compilation.Assembly) with { Member = "" };
            var files = new List<File> { new(FileSource.NameOf(place), FileSource.Of(place, own, keys)) };
            foreach (var record in reader.Records.Where(record => !record.IsHolders))
                files.Add(new File(FileSource.NameOf(record.Place), FileSource.Of(record.Place, [record], [])));
            return new Written(new Same<File>(files), new Same<Finding>(findings));
        }

        private static void CheckNames(INamedTypeSymbol holder, IEnumerable<RecordForm> own, IEnumerable<KeyForm> keys, List<Finding> findings)
        {
            var names = own.SelectMany(record => new[] { record.Place.Member, record.Place.Member + "Codec" })
                .Concat(keys.SelectMany(key => new[] { key.Member, key.Member + "Bytes" }));
            foreach (var taken in names.GroupBy(name => name).Where(same => same.Count() > 1))
                findings.Add(Finding.At(Rules.NameTaken, holder, holder.Name, taken.Key));
        }
    }
}
