using System.Text.Json.Nodes;
using Keten.Cli;
using Keten.Tests.Clients;

namespace Keten.Tests.Commands;

/// <summary>The command line in this process, with a folder of its own for keys and files.</summary>
internal sealed class Shell : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public Shell() => File.WriteAllText(folder["password"], "open sesame\n");

    public string this[string name] => folder[name];

    /// <summary>Runs a command; all that it printed.</summary>
    public async Task<(int Exit, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = await Program.RunAsync(args, output, error);
        return (exit, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command for a program; its one object.</summary>
    public async Task<(int Exit, JsonObject Json)> JsonAsync(params string[] args)
    {
        var (exit, output, _) = await RunAsync([.. args, "--json"]);
        var line = Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return (exit, JsonNode.Parse(line)!.AsObject());
    }

    /// <summary>Draws a key.</summary>
    public async Task<JsonObject> KeyAsync(string name)
    {
        var (exit, json) = await JsonAsync(["key", "new", name, .. Keys, .. Password]);
        Assert.Equal(0, exit);
        return json;
    }

    public string[] Keys => ["--keys", folder["keys"]];

    public string[] Password => ["--password-file", folder["password"]];

    public void Dispose() => folder.Dispose();
}
