using Keten.Contracts;

namespace Keten.Tests.Alarms;

/// <summary>The table of docs/alarms.md, held against what contracts warn of.</summary>
public sealed class AlarmPageTests
{
    [Fact]
    public void The_page_names_every_word_and_every_event_that_warns()
    {
        // The other table is of addresses, in capital letters.
        var rows = File.ReadLines(Path.Combine(Root(), "docs", "alarms.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal) && char.IsLower(line[3]))
            .SelectMany(line => line.Split('|')[1].Split(' ', ',').Where(word => word.StartsWith('`')).Select(word => (Word: word.Trim('`'), Line: line))).ToDictionary(row => row.Word, row => row.Line);
        var warned = BuiltIn.Catalogue.Contracts.SelectMany(contract => contract.Events).Where(kind => kind.Warns is not null).ToList();
        Assert.NotEmpty(warned);
        foreach (var kind in warned) Assert.Contains($"`{kind.EventCodec.Name.Split('.')[^1]}`", rows[kind.Warns!], StringComparison.Ordinal);
        Assert.Equal(rows.Keys.Order(StringComparer.Ordinal), warned.Select(kind => kind.Warns!).Distinct().Order(StringComparer.Ordinal));
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Keten.slnx"))) folder = folder.Parent;
        return folder.FullName;
    }
}
