using System.Collections;
using System.Text.RegularExpressions;
using Keten.Node.Hosting;
using Keten.Tests.Commands;

namespace Keten.Tests.Doctors;

/// <summary>The files in deploy/ hold together: settings that exist, ports and folders that agree, command lines that are ours.</summary>
public sealed partial class DeployTests
{
    private static readonly string Folder = Path.Combine(Root(), "deploy");

    [Fact]
    public void Each_validator_of_the_compose_file_has_settings_that_exist_and_agree_with_it()
    {
        var compose = Yaml.Read(File.ReadAllText(Path.Combine(Folder, "compose.yaml")));
        Assert.Equal(["services", "volumes"], compose.Names);
        var services = compose["services"];
        string[] nodes = [.. services.Names.Where(name => name[0] == 'v')], etcds = [.. services.Names.Where(name => name.StartsWith("etcd", StringComparison.Ordinal))];
        Assert.Equal((4, 3), (nodes.Length, etcds.Length));
        var (used, ports) = (new List<string>(), new List<string>());
        foreach (var name in services.Names)
        {
            var service = services[name];
            Assert.Empty(service.Names.Except(["build", "command", "depends_on", "environment", "volumes", "ports", "stop_grace_period", "restart"]));
            Assert.True(File.Exists(Path.Combine(Folder, service["build"]["context"].Text, service["build"]["dockerfile"].Text)));
            used.AddRange(service["volumes"].Items.Select(volume => volume.Split(':')[0]).Where(volume => volume[0] != '.'));
        }
        Assert.Equal(compose["volumes"].Names.Order(), used.Order());
        foreach (var name in nodes)
        {
            var service = services[name];
            var environment = new Hashtable();
            foreach (var variable in service["environment"].Names) environment[variable] = service["environment"][variable].Text;
            var settings = ConfigurationFile.Parse(File.ReadAllBytes(Path.Combine(Folder, name, "keten.json")), name, environment);
            var mounts = service["volumes"].Items.Select(volume => volume.Split(':')).ToDictionary(parts => parts[1], parts => parts[0]);
            Assert.Equal(("./" + name, name + "-data"), (mounts["/etc/keten"], mounts["/var/lib/keten"]));
            Assert.StartsWith("/var/lib/keten/", settings.Ledger.Data, StringComparison.Ordinal);
            // The vault's key lies beside the data folder: on what lasts, too.
            Assert.Null(settings.Vault.Key);
            foreach (var file in (string?[])[settings.Ledger.Genesis, settings.Ledger.ValidatorKey]) Assert.StartsWith("/etc/keten/", file, StringComparison.Ordinal);
            var port = new Uri(settings.Http.Listen).Port;
            var (outside, inside) = Assert.Single(service["ports"].Items).Split(':') is [.., var host, var container] ? (host, container) : default;
            Assert.Equal($"{port}", inside);
            ports.Add(outside);
            Assert.Equal(etcds.Select(etcd => $"http://{etcd}:2379"), settings.Order.Endpoints);
            Assert.Equal(nodes.Where(other => other != name).Select(other => $"http://{other}:{port}"), settings.Order.Peers);
            Assert.Equal(etcds, service["depends_on"].Items);
            Assert.StartsWith($"${{V{name[1..]}_PASSWORD:?", service["environment"][NodeHost.PasswordVariable].Text, StringComparison.Ordinal);
        }
        Assert.Equal(4, ports.Distinct().Count());
        foreach (var name in etcds)
        {
            var words = services[name]["command"].Items.Select(word => word.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]);
            Assert.Equal((name, $"http://{name}:2379", $"http://{name}:2380", "http://0.0.0.0:2379", "http://0.0.0.0:2380"),
                (words["--name"], words["--advertise-client-urls"], words["--initial-advertise-peer-urls"], words["--listen-client-urls"], words["--listen-peer-urls"]));
            Assert.Equal(string.Join(',', etcds.Select(etcd => $"{etcd}=http://{etcd}:2380")), words["--initial-cluster"]);
            Assert.Equal($"{name}-data:{words["--data-dir"]}", Assert.Single(services[name]["volumes"].Items));
        }
    }

    [Fact]
    public async Task The_units_command_line_is_ours_and_its_folders_are_those_of_the_settings()
    {
        var unit = File.ReadLines(Path.Combine(Folder, "keten.service")).Where(line => line.Contains('=') && line[0] != '#').Select(line => line.Split('=', 2)).ToLookup(parts => parts[0], parts => parts[1]);
        var words = unit["ExecStart"].Single().Split(' ');
        Assert.Equal("/usr/local/bin/keten", words[0]);
        await IsOursAsync(words[1..]);
        var settings = ConfigurationFile.Parse(File.ReadAllBytes(Path.Combine(Folder, "keten.json")), "keten.json", new Hashtable());
        Assert.Equal("strict", unit["ProtectSystem"].Single());
        foreach (var written in (string?[])[settings.Ledger.Data, settings.Vault.Key]) Assert.StartsWith($"/var/lib/{unit["StateDirectory"].Single()}/", written, StringComparison.Ordinal);
        Assert.Equal([Cli.Terminals.Exit.Usage, Cli.Terminals.Exit.Outdated], unit["RestartPreventExitStatus"].Single().Split(' ').Select(int.Parse));
        Assert.True(int.Parse(unit["TimeoutStopSec"].Single()) > settings.Http.DrainSeconds);
    }

    [Fact]
    public async Task The_container_file_takes_what_is_published_and_runs_our_command()
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, "Containerfile"));
        var profile = File.ReadAllText(Path.Combine(Root(), "src", "Keten.Cli", "Properties", "PublishProfiles", "linux-x64.pubxml"));
        var folder = PublishDir().Match(profile).Groups["folder"].Value;
        var copied = lines.Single(line => line.StartsWith("COPY ", StringComparison.Ordinal)).Split(' ');
        Assert.Equal(Path.GetFullPath(Path.Combine(Root(), "src", "Keten.Cli", folder, "keten")), Path.GetFullPath(Path.Combine(Root(), copied[1])));
        Assert.Contains($"ENTRYPOINT [\"{copied[2]}\"]", lines);
        var words = lines.Single(line => line.StartsWith("CMD ", StringComparison.Ordinal))[4..];
        await IsOursAsync([.. System.Text.Json.JsonSerializer.Deserialize<string[]>(words)!]);
        Assert.Contains("EXPOSE 5080", lines);
        Assert.Contains(lines, line => line.StartsWith("USER ", StringComparison.Ordinal) && line != "USER root");
    }

    // A word that is none is told by its --help; a file that is not here is told as that.
    private static async Task IsOursAsync(string[] words)
    {
        Assert.False(File.Exists("/etc/keten/keten.json"), "This machine has a node.");
        using var shell = new Shell();
        var (exit, _, error) = await shell.RunAsync(words);
        Assert.Equal((2, "/etc/keten/keten.json: The file cannot be read.\n"), (exit == 4 && error.Contains("cannot be read", StringComparison.Ordinal) ? 2 : exit, error[error.IndexOf("/etc", StringComparison.Ordinal)..]));
    }

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [GeneratedRegex("<PublishDir>(?<folder>.*?)</PublishDir>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PublishDir();

    /// <summary>As much of YAML as our files use: maps by indentation, lists of texts, quoted or not.</summary>
    private sealed class Yaml
    {
        private readonly List<(string Name, Yaml Value)> members = [];

        public List<string> Items { get; } = [];

        public string Text { get; private set; } = "";

        public IEnumerable<string> Names => members.Select(member => member.Name);

        public Yaml this[string name] => members.Single(member => member.Name == name).Value;

        public static Yaml Read(string text)
        {
            var root = new Yaml();
            var open = new Stack<(int Indent, Yaml Node)>([(-1, root)]);
            foreach (var line in text.Split('\n').Where(line => line.Trim().Length > 0 && line.TrimStart()[0] != '#'))
            {
                var (indent, content) = (line.Length - line.TrimStart().Length, line.Trim());
                Assert.DoesNotContain('\t', line);
                while (open.Peek().Indent >= indent) open.Pop();
                if (content.StartsWith("- ", StringComparison.Ordinal))
                {
                    open.Peek().Node.Items.Add(Scalar(content[2..]));
                    continue;
                }
                var parts = content.Split(':', 2);
                Assert.True(parts.Length == 2 && (parts[1].Length == 0 || parts[1][0] == ' '), line);
                Assert.DoesNotContain(parts[0], open.Peek().Node.Names);
                var value = new Yaml { Text = Scalar(parts[1].Trim()) };
                open.Peek().Node.members.Add((parts[0], value));
                open.Push((indent, value));
            }
            return root;
        }

        private static string Scalar(string text) => text.Length > 1 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;
    }
}
