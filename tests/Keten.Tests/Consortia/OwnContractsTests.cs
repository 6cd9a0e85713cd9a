using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json.Nodes;
using Consortium;
using Keten.Cli;
using Keten.Client;
using Keten.Contracts;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Testing;
using Keten.Tests.Commands;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Keten.Tests.Consortia;

/// <summary>docs/own-contracts.md and examples/Consortium: the program of a consortium opens a ledger with its own contract, and what differs between machines does not compile in it.</summary>
public sealed class OwnContractsTests
{
    private static readonly Catalogue Own = new Catalogue([.. BuiltIn.Catalogue.Contracts, YardPass.Contents]).After(BuiltIn.Catalogue);

    [Fact]
    public async Task The_program_opens_a_ledger_with_its_contract_and_one_without_it_does_not()
    {
        using var shell = new Shell();
        foreach (var name in (string[])["node", "yard", "haulier"]) await shell.KeyAsync(name);
        var folder = new KeyFolder(shell["keys"]);
        using var yard = folder.Open("yard", "open sesame");
        using var haulier = folder.Open("haulier", "open sesame");
        using (var node = folder.Open("node", "open sesame")) File.WriteAllText(shell["node.pem"], node.ExportPem());
        Assert.Equal(0, await RunAsync(["genesis", "create", "--validator", "Own=node", "--founder", "yard", "--founder", "haulier", "--out", shell["."], .. shell.Keys], Own, new StringWriter()));
        var genesis = GenesisFile.Load(shell["genesis.json"]);
        Assert.Equal(Own.Hash, genesis.Catalogue);

        string[] words = ["node", "--port", "0", "--data", shell["data"], "--genesis", shell["genesis.json"], "--validator-key", shell["node.pem"], "--json"];
        using var stop = new CancellationTokenSource();
        var output = new StringWriter();
        var running = RunAsync(words, Own, TextWriter.Synchronized(output), stop.Token);
        await Wait.UntilAsync(() => running.IsCompleted || output.ToString().Contains('}', StringComparison.Ordinal));
        Assert.False(running.IsCompleted, output.ToString());
        var url = (string)JsonNode.Parse(output.ToString().Split('\n').Last(line => line.Contains("\"url\"", StringComparison.Ordinal)))!["url"]!;
        using (var client = new KetenClient(new Uri(url), yard))
        using (var other = new KetenClient(new Uri(url), haulier))
        {
            var (ours, theirs) = (new Wallet(client, genesis.LedgerId, yard, folder.CountersOf(yard.Id)), new Wallet(other, genesis.LedgerId, haulier, folder.CountersOf(haulier.Id)));
            var opening = await ours.BeginAsync();
            await theirs.JoinAsync(opening);
            Assert.True((await ours.SendAsync(opening.Open(YardPass.Contents, new YardPass.Agree(Party.Of(yard.Id), Party.Of(haulier.Id), 1)), others: [haulier])).IsGood);
            var entering = (await ours.BeginAsync()).Call(YardPass.Contents, new Agreement<YardPass>(1), new YardPass.Enter(Hash.Of("a lorry"u8)));
            var entered = await ours.SendAsync(entering);
            Assert.True(entered.IsGood);
            Assert.Equal(0, (int)(await client.AgreementAsync(1))!["state"]!["left"]!);
            Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(Receipt.FromBytes(await client.ReceiptAsync(entered.Id)), genesis));
            var again = await ours.SendAsync((await ours.BeginAsync()).Call(YardPass.Contents, new Agreement<YardPass>(1), new YardPass.Enter(Hash.Of("a lorry"u8))));
            Assert.False(again.IsGood);
        }
        await stop.CancelAsync();
        Assert.Equal(0, await running);

        var error = new StringWriter();
        Assert.NotEqual(0, await Program.RunAsync(words, new StringWriter(), error));
        Assert.Contains(Own.Hash.ToString(), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_differs_between_machines_does_not_compile_in_a_contract()
    {
        var source = Page("examples/Consortium/Contracts/YardPass.cs");
        const string Honest = "agreed.Left == 0 ?";
        Assert.Empty(await BannedAsync(source));
        Assert.Contains(Honest, source, StringComparison.Ordinal);
        const string Each = "DateTime.Now.Ticks == 7 || File.ReadAllText(\"price\").Length == 7 || Random.Shared.Next() == 7 || Enumerable.Count([agreed.Left]) == 7";
        var found = await BannedAsync(source.Replace(Honest, $"agreed.Left == 0 || {Each} ?", StringComparison.Ordinal));
        foreach (var named in (string[])["DateTime", "File", "Random", "Enumerable"]) Assert.Contains(found, one => one.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_shows_the_files_of_the_example_and_the_example_is_held_to_the_rules()
    {
        var page = Page("docs/own-contracts.md");
        foreach (var file in (string[])["Host/Consortium.csproj", "Host/Program.cs", "Contracts/Consortium.Contracts.csproj", "Contracts/YardPass.cs"]) Assert.Contains("\n" + Page("examples/Consortium/" + file) + "```", page, StringComparison.Ordinal);
        var project = Page("examples/Consortium/Contracts/Consortium.Contracts.csproj");
        Assert.Empty(ContainmentCheck.Run(typeof(YardPass).Assembly.Location, outer => outer.Contains(nameof(YardPass), StringComparison.Ordinal)));
        foreach (var rule in (string[])["Keten.Codecs.csproj\" OutputItemType=\"Analyzer\"", "BannedApiAnalyzers", "BannedSymbols.txt", "<WarningsAsErrors>$(WarningsAsErrors);RS0030"]) Assert.Contains(rule, project, StringComparison.Ordinal);
    }

    private static async Task<string[]> BannedAsync(string source)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "banned");
        Assembly.LoadFrom(Path.Combine(folder, "Microsoft.CodeAnalysis.BannedApiAnalyzers.dll"));
        var analyzers = Assembly.LoadFrom(Path.Combine(folder, "Microsoft.CodeAnalysis.CSharp.BannedApiAnalyzers.dll")).GetTypes()
            .Where(type => !type.IsAbstract && typeof(DiagnosticAnalyzer).IsAssignableFrom(type)).Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!).ToImmutableArray();
        Assert.NotEmpty(analyzers);
        var compilation = CSharpCompilation.Create(
            "Tried", [CSharpSyntaxTree.ParseText("global using System; global using System.IO; global using System.Linq;"), CSharpSyntaxTree.ParseText(source)],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(path => Path.GetFileName(path) is "System.Private.CoreLib.dll" or "System.Runtime.dll" or "System.Linq.dll" or "System.Collections.dll" or "System.Memory.dll" or "Keten.Kernel.dll").Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var options = new AnalyzerOptions([new Listed(Page("src/BannedSymbols.txt"))]);
        var found = await compilation.WithAnalyzers(analyzers, options).GetAnalyzerDiagnosticsAsync();
        return [.. found.Where(one => one.Id == "RS0030").Select(one => one.GetMessage())];
    }

    private static Task<int> RunAsync(string[] words, Catalogue contracts, TextWriter output, CancellationToken cancel = default) => Program.RunAsync(words, output, new StringWriter(), contracts, cancel);

    private static string Page(string path, [System.Runtime.CompilerServices.CallerFilePath] string here = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", path));

    private sealed class Listed(string text) : AdditionalText
    {
        public override string Path => "BannedSymbols.txt";

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
