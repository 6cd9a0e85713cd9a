using System.Globalization;
using System.Text.Json.Nodes;
using Keten.Bench.Harness;
using Keten.Bench.Plots;
using Keten.Bench.Scenarios;
using Spectre.Console;

if (Options.Read(args) is not { } options || (options.Names is [var word] && word is not ("all" or "plot") && All.Find(word) is null) || options.Names.Count > 1)
{
    Console.Error.WriteLine("usage: ./bench NAME|all|plot [--quick|--long] [--rounds N] [--only PART] [--json] [--keep]");
    return 2;
}
if (options.Names.Count == 0)
{
    Console.WriteLine("./bench NAME|all [--quick|--long] [--rounds N] [--json] [--keep]      --keep: under benchmarks/results");
    foreach (var each in All.Scenarios) Console.WriteLine($"  {each.Name,-10} {each.What}");
    Console.WriteLine($"  {"plot",-10} draws what was kept, as SVG beside it");
    return 0;
}

if (options.Names[0] == "plot")
{
    foreach (var path in Plot.Write()) Console.WriteLine(path);
    return 0;
}

// Tables go where they do not mix with the one JSON object that ends standard output.
var console = AnsiConsole.Create(new AnsiConsoleSettings
{
    Out = new AnsiConsoleOutput(options.Json ? Console.Error : Console.Out), Ansi = (options.Json ? Console.IsErrorRedirected : Console.IsOutputRedirected) ? AnsiSupport.No : AnsiSupport.Detect,
});
console.Profile.Width = Math.Max(console.Profile.Width, 140);
var (name, failed) = (options.Names[0], 0);
var results = new JsonArray();
var document = new JsonObject
{
    ["commit"] = Machine.Commit(), ["began"] = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), ["machine"] = Machine.Describe(), ["scenarios"] = results,
};
foreach (var scenario in name == "all" ? All.Timed : [All.Find(name)!])
{
    var run = new Run(scenario, options);
    try
    {
        await scenario.Measure(run);
    }
    catch (Exception fault) when (name == "all")
    {
        // The others are still worth measuring; the exit code tells.
        failed++;
        run.Note($"failed: {fault.Message}");
    }
    Report.Print(run, console);
    results.Add(Report.ToJson(run));
}
if (options.Keep) Console.Error.WriteLine(Results.Keep(document, name));
if (options.Json) Console.WriteLine((name == "all" ? document : Alone(document)).ToJsonString());
return failed == 0 ? 0 : 1;

// One scenario's figures stand at the top.
static JsonObject Alone(JsonObject document)
{
    var alone = document["scenarios"]![0]!.DeepClone().AsObject();
    foreach (var about in (ReadOnlySpan<string>)["commit", "began", "machine"]) alone[about] = document[about]!.DeepClone();
    return alone;
}
