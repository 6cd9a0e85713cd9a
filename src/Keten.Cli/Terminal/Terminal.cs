using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Keten.Cli.Terminals;

/// <summary>Where a command prints: tables for people or one JSON object for programs, and progress on standard error.</summary>
public sealed class Terminal
{
    public const string JsonName = "--json";

    // Bytes are hexadecimal and everything is printed to a terminal or a file, never into a page: no need to escape accents.
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TextWriter output;
    private readonly TextWriter error;
    private readonly IAnsiConsole people;

    private Terminal(bool json, TextWriter output, TextWriter error)
    {
        (Json, this.output, this.error) = (json, output, error);
        people = ConsoleOn(json ? TextWriter.Null : output);
    }

    /// <summary>Whether a program reads.</summary>
    public bool Json { get; }

    /// <summary>Has a command run an action, and turns what it throws into a sentence and an exit code.</summary>
    public static void Runs(Command command, Func<Terminal, ParseResult, CancellationToken, Task<int>> action) => command.SetAction(async (parse, cancel) =>
    {
        var terminal = new Terminal(parse.GetValue<bool>(JsonName), parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error);
        try
        {
            return await action(terminal, parse, cancel);
        }
        catch (Exception fault) when (Faults.CodeOf(fault) is var code && (code != Exit.Internal || Environment.GetEnvironmentVariable("KETEN_DEBUG") is null))
        {
            return terminal.Ends(code, Faults.SentenceOf(fault));
        }
    });

    /// <summary>The same for an action that waits for nothing.</summary>
    public static void Runs(Command command, Func<Terminal, ParseResult, int> action) =>
        Runs(command, (terminal, parse, _) => Task.FromResult(action(terminal, parse)));

    /// <summary>Says what is wrong with a command line.</summary>
    public static int Misused(ParseResult parse, TextWriter output, TextWriter error)
    {
        var terminal = new Terminal(parse.Tokens.Any(token => token.Value == JsonName), output, error);
        return terminal.Ends(Exit.Usage, string.Join(" ", parse.Errors.Select(fault => fault.Message)) + " See --help.");
    }

    /// <summary>For people: what is marked up is shown so.</summary>
    public void Say(string markup) => people.MarkupLine(markup);

    /// <summary>For people: plain text, whatever is in it.</summary>
    public void Plain(string text) => people.WriteLine(text);

    /// <summary>For people: a table.</summary>
    public void Show(string[] columns, IEnumerable<string?[]> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns) table.AddColumn(Markup.Escape(column));
        foreach (var row in rows) table.AddRow(Array.ConvertAll(row, cell => Markup.Escape(cell ?? "")));
        people.Write(table);
    }

    /// <summary>For people: names and what they stand for.</summary>
    public void Show(params (string Name, string? Value)[] facts)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in facts)
            if (value is not null) grid.AddRow(new Text(name, new Style(Color.Grey)), new Text(value));
        people.Write(grid);
    }

    /// <summary>For programs: the one object, last.</summary>
    public void Result(JsonObject result)
    {
        if (Json) output.WriteLine(result.ToJsonString(OneLine));
    }

    /// <summary>A bar on standard error while work is going on, where somebody is looking.</summary>
    public async Task<T> ProgressAsync<T>(string what, double steps, Func<Action<double>, Task<T>> work)
    {
        if (Json || Console.IsErrorRedirected || !ReferenceEquals(error, Console.Error)) return await work(_ => { });
        return await ConsoleOn(error).Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(Markup.Escape(what), maxValue: Math.Max(steps, 1));
                return await work(done => bar.Value = done);
            });
    }

    /// <summary>A warning on standard error.</summary>
    public void Warn(string sentence) => error.WriteLine(sentence);

    private int Ends(int code, string sentence)
    {
        error.WriteLine(sentence);
        Result(new JsonObject { ["error"] = sentence, ["exit"] = code });
        return code;
    }

    private static IAnsiConsole ConsoleOn(TextWriter writer)
    {
        var isTerminal = (ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected) || (ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        // What is read by a pipe must not be broken at 80 columns.
        if (!isTerminal) console.Profile.Width = 1000;
        return console;
    }
}
