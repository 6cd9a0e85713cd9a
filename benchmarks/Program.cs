using System.Text.Json;
using Keten.Bench;

// A benchmark is named: './bench signed [--json]'.
var json = args.Contains("--json");
switch (args.FirstOrDefault(each => !each.StartsWith('-')))
{
    case "signed":
        var result = await SignedScenario.RunAsync();
        if (json) Console.WriteLine(JsonSerializer.Serialize(result, JsonSerializerOptions.Web));
        else result.Print();
        return 0;
    default:
        Console.Error.WriteLine("usage: ./bench signed [--json]");
        return 2;
}
