using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Keten.Node.Hosting;

namespace Keten.Tests.Api;

public sealed class ConfigurationTests
{
    [Fact]
    public void An_empty_file_gives_the_defaults_and_comments_are_allowed()
    {
        var read = Parse("""
            // A node of our own.
            {
              "http": { "listen": "http://0.0.0.0:80", /* all */ "hosts": ["a:80", "b"], },
              "ledger": { "data": "/var/lib/keten", "genesis": null, },
            }
            """);
        Assert.Equal("http://0.0.0.0:80", read.Http.Listen);
        Assert.Equal(["a:80", "b"], read.Http.Hosts);
        Assert.Equal("/var/lib/keten", read.Ledger.Data);
        Assert.Null(read.Ledger.Genesis);
        Assert.Equal(new NodeConfiguration().Metrics, Parse("{}").Metrics);
    }

    [Theory]
    [InlineData("{\n  \"htp\": {}\n}", "keten.json:2", "«ledger», «order», «http», «log», «metrics»")]
    [InlineData("{\n  \"http\": {\n    \"lisen\": \"x\"\n  }\n}", "keten.json:3", "«http.lisen» is no setting. «http» has «listen»")]
    [InlineData("{\n\n  \"http\": 5 }", "keten.json:3", "«http» is an object")]
    [InlineData("{ \"http\": { \"listen\":\n \"127.0.0.1\" } }", "keten.json:2", "http://127.0.0.1:5080")]
    [InlineData("{ \"http\": { \"listen\": \"ftp://a\" } }", "keten.json:1", "http://127.0.0.1:5080")]
    [InlineData("{ \"http\": { \"listen\": null } }", "keten.json:1", "a text")]
    [InlineData("{ \"http\": { \"timeoutSeconds\": 0 } }", "keten.json:1", "a whole number from 1 to 3600")]
    [InlineData("{ \"http\": { \"timeoutSeconds\": \"30\" } }", "keten.json:1", "a whole number from 1 to 3600")]
    [InlineData("{ \"http\": { \"timeoutSeconds\": 1.5 } }", "keten.json:1", "a whole number from 1 to 3600")]
    [InlineData("{ \"http\": { \"timeoutSeconds\": 99999999999999999999 } }", "keten.json:1", "a whole number from 1 to 3600")]
    [InlineData("{ \"http\": { \"hosts\": [\n1] } }", "keten.json:2", "a list of texts")]
    [InlineData("{ \"log\": { \"level\": \"loud\" } }", "keten.json:1", "one of debug, information, warning, error, none")]
    [InlineData("{ \"log\": {},\n \"log\": {} }", "keten.json:2", "stands twice")]
    [InlineData("{\n \"log\": {\n", "keten.json:3", "not JSON")]
    [InlineData("", "keten.json:1", "not JSON")]
    [InlineData("[]", "keten.json:1", "is an object")]
    [InlineData("{} {}", "keten.json:1", "not JSON")]
    [InlineData("{ \"http\": {\n \"certificate\": \"a.pem\" } }", "keten.json:2", "set together")]
    [InlineData("{ \"http\": {\n\n \"listen\": \"https://127.0.0.1:1\" } }", "keten.json:3", "needs «http.certificate»")]
    [InlineData("{ \"http\": {\n \"certificate\": \"a\", \"certificateKey\": \"b\" } }", "keten.json:2", "with https")]
    public void A_wrong_setting_is_refused_with_its_line_and_what_would_be_right(string json, string place, string says)
    {
        var refused = Assert.Throws<ConfigurationException>(() => Parse(json));
        Assert.Equal(place, refused.Place);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_override_the_file_and_wrong_ones_are_refused_by_name()
    {
        var read = Parse("{ \"http\": { \"timeoutSeconds\": 5 } }", ("KETEN__HTTP__TIMEOUTSECONDS", "7"), ("KETEN__HTTP__HOSTS", "a, b"), ("KETEN__LEDGER__DATA", "d"), ("KETEN_DATA", "x"), ("PATH", "y"));
        Assert.Equal(7, read.Http.TimeoutSeconds);
        Assert.Equal(["a", "b"], read.Http.Hosts);
        Assert.Equal("d", read.Ledger.Data);
        foreach (var (name, value) in ((string, string)[])[("KETEN__HTTP__TIMEOUT", "7"), ("KETEN__HTTP", "7"), ("KETEN__HTTP__TIMEOUTSECONDS", "soon"), ("KETEN__HTTP__LISTEN__X", "7"), ("KETEN__", "1")])
            Assert.Equal(name, Assert.Throws<ConfigurationException>(() => Parse("{}", (name, value))).Place);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_by_name()
    {
        var good = Encoding.UTF8.GetBytes("{ \"http\": { \"listen\": \"http://127.0.0.1:1\", \"hosts\": [\"a\"] }, \"log\": { \"level\": \"none\" } }");
        var random = new Random(12);
        for (var round = 0; round < 3_000; round++)
        {
            var bytes = good.ToArray();
            for (var times = random.Next(1, 5); times > 0; times--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                ConfigurationFile.Parse(bytes, "keten.json", new Hashtable());
            }
            catch (ConfigurationException refused)
            {
                Assert.StartsWith("keten.json", refused.Place, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void The_page_of_settings_lists_each_with_its_default()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "configuration.md"));
        foreach (var section in typeof(NodeConfiguration).GetProperties())
        {
            if (section.GetCustomAttribute<SettingAttribute>() is null) continue;
            var defaults = section.GetValue(new NodeConfiguration())!;
            foreach (var property in section.PropertyType.GetProperties())
                if (property.GetCustomAttribute<SettingAttribute>() is { } setting)
                    Assert.Contains(Row(Camel(section.Name) + "." + Camel(property.Name), property.GetValue(defaults), setting), page, StringComparison.Ordinal);
        }
    }

    private static string Row(string name, object? value, SettingAttribute setting)
    {
        var shown = value switch
        {
            null => "none",
            string text => $"`{text}`",
            bool flag => flag ? "true" : "false",
            IEnumerable => "empty",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            var other => other.ToString(),
        };
        return $"| `{name}` | {shown} | {setting.Words} |";
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string Root()
    {
        var at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, "Keten.slnx"))) at = Path.GetDirectoryName(at)!;
        return at;
    }

    private static NodeConfiguration Parse(string json, params (string Name, string Value)[] variables)
    {
        var environment = new Hashtable();
        foreach (var (name, value) in variables) environment[name] = value;
        return ConfigurationFile.Parse(Encoding.UTF8.GetBytes(json), "keten.json", environment);
    }
}
