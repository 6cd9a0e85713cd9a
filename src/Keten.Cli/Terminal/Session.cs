using System.CommandLine;
using Keten.Client;
using Keten.Kernel;

namespace Keten.Cli.Terminals;

/// <summary>A command at work with a node: whose key reads and signs, and on which ledger.</summary>
internal sealed class Session : IDisposable
{
    private const string NodeName = "--node";
    private const string KeyName = "--key";
    private const string GenesisName = "--genesis";

    private readonly ParseResult parse;
    private readonly List<IDisposable> open = [];
    private readonly Dictionary<string, SigningKey> keys = new(StringComparer.Ordinal);
    private Hash? ledger;
    private string? password;

    private Session(ParseResult parse) => this.parse = parse;

    /// <summary>Where the keys are.</summary>
    public KeyFolder Folder => parse.KeyFolder();

    /// <summary>The name of the key that reads and signs, or null.</summary>
    public string? KeyOf => parse.GetValue<string?>(KeyName);

    /// <summary>The node, asked with the command's key where one is named.</summary>
    public KetenClient Client => field ??= ClientFor(KeyOf);

    /// <summary>Adds the options of a command that asks a node.</summary>
    public static Command Adds(Command command, bool keyNeeded)
    {
        command.Add(new Option<string>(NodeName)
        {
            Description = "The node's address. Also KETEN_NODE; by default http://localhost:5080.", HelpName = "URL",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("KETEN_NODE") ?? "http://localhost:5080",
        });
        command.Add(new Option<string?>(KeyName)
        {
            Description = keyNeeded ? "The key that signs, by its name in the folder." : "The key that signs the question, by its name in the folder; without it only what is for all is answered.",
            HelpName = "NAME", Required = keyNeeded,
        });
        if (keyNeeded)
            command.Add(new Option<FileInfo?>(GenesisName) { Description = "The ledger's genesis; without it the node's ledger is remembered when it is first asked.", HelpName = "FILE" });
        return command.WithKeyFolder().WithPassword();
    }

    /// <summary>Has a command run an action within a session.</summary>
    public static void Runs(Command command, Func<Terminal, ParseResult, Session, CancellationToken, Task<int>> action) => Terminal.Runs(command, async (terminal, parse, cancel) =>
    {
        using var session = new Session(parse);
        return await action(terminal, parse, session, cancel);
    });

    /// <summary>A key of the folder at work on the ledger; by default the command's.</summary>
    public async Task<Wallet> WalletAsync(CancellationToken cancel, string? name = null)
    {
        var key = Open(name ?? KeyOf!);
        return new Wallet(name is null || name == KeyOf ? Client : ClientFor(name), await LedgerAsync(cancel), key, Folder.CountersOf(key.Id));
    }

    /// <summary>The command's key at work on the ledger of another node, which is remembered when it is first asked.</summary>
    public async Task<(KetenClient Client, Wallet Wallet)> AtAsync(Uri node, CancellationToken cancel)
    {
        var (client, key) = (ClientAt(node, KeyOf), Open(KeyOf!));
        var said = (await client.GenesisAsync(cancel)).LedgerId;
        new KnownNodes(Path.Combine(Folder.Path, "nodes.json")).Check(node, said);
        return (client, new Wallet(client, said, key, Folder.CountersOf(key.Id)));
    }

    /// <summary>The party of a key, as the ledger knows it; of one that it does not know, the party whose first key it would be.</summary>
    public async Task<Party> PartyAsync(KeyId key, CancellationToken cancel) =>
        Party.TryParse((string?)(await Client.KeyAsync(key, cancel))?["party"], out var party) ? party : Party.Of(key);

    /// <summary>The private key of a name; its password is asked for once.</summary>
    public SigningKey Open(string name)
    {
        if (keys.TryGetValue(name, out var key)) return key;
        password ??= parse.Password();
        open.Add(key = keys[name] = Folder.Open(name, password));
        return key;
    }

    public void Dispose()
    {
        foreach (var each in Enumerable.Reverse(open)) each.Dispose();
    }

    private async Task<Hash> LedgerAsync(CancellationToken cancel)
    {
        if (ledger is { } known) return known;
        var said = (await Client.GenesisAsync(cancel)).LedgerId;
        if (parse.GetValue<FileInfo?>(GenesisName) is { } file)
        {
            if (GenesisFile.Load(file.FullName).LedgerId != said) throw ExitException.Usage($"The node at {Client.Node} is of another ledger than {file}.");
        }
        else
        {
            new KnownNodes(Path.Combine(Folder.Path, "nodes.json")).Check(Client.Node, said);
        }
        ledger = said;
        return said;
    }

    private KetenClient ClientFor(string? name)
    {
        if (!Uri.TryCreate(parse.GetRequiredValue<string>(NodeName), UriKind.Absolute, out var node) || node.Scheme is not ("http" or "https"))
            throw ExitException.Usage($"{NodeName} is an address like http://localhost:5080.");
        return ClientAt(node, name);
    }

    private KetenClient ClientAt(Uri node, string? name)
    {
        var client = new KetenClient(node, name is null ? null : Open(name), new Patience { Attempts = 4 }, Inner?.Invoke());
        open.Add(client);
        return client;
    }

    /// <summary>What sends the requests of this flow of execution; a test that has its node in its own process sets another.</summary>
    internal static Func<HttpMessageHandler>? Inner
    {
        get => inner.Value;
        set => inner.Value = value;
    }

    private static readonly AsyncLocal<Func<HttpMessageHandler>?> inner = new();
}
