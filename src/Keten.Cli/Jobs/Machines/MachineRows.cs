using System.Globalization;

namespace Keten.Cli.Jobs;

/// <summary>A piece that a machine made, and how it stood with the machine then.</summary>
/// <param name="Wear">Minutes that the tool had worked.</param>
/// <param name="Torque">In newton-metres.</param>
/// <param name="Failed">Whether the machine failed.</param>
public readonly record struct MachineRow(uint Wear, decimal Torque, bool Failed)
{
    /// <summary>Wear times torque, in whole min·N·m.</summary>
    public uint Strain => (uint)(Wear * Torque);
}

/// <summary>Reads rows of the AI4I 2020 predictive maintenance data set: CSV with a header, a row a piece.</summary>
public static class MachineRows
{
    /// <summary>No file is read that has more.</summary>
    public const int RowsAtMost = 100_000;

    private const decimal NumberAtMost = 10_000;

    /// <summary>All rows of a file.</summary>
    /// <exception cref="FormatException">It is not such a file; the message names the line.</exception>
    public static IReadOnlyList<MachineRow> Read(TextReader text)
    {
        var header = (text.ReadLine() ?? "").TrimEnd('\r').Split(',');
        var (wear, torque) = (Column("Tool wear [min]"), Column("Torque [Nm]"));
        // As its authors spell it, and as it is spelt in copies.
        var failed = Array.IndexOf(header, "Machine failure") is >= 0 and var at ? at : Column("Machine_failure");
        var rows = new List<MachineRow>();
        while (text.ReadLine() is { } line)
        {
            if (line.Length == 0) continue;
            if (rows.Count == RowsAtMost) throw new FormatException($"The file has more than {RowsAtMost} rows.");
            var cells = line.TrimEnd('\r').Split(',');
            if (cells.Length != header.Length) throw Wrong();
            var worn = Number(cells[wear]);
            if (!decimal.IsInteger(worn) || cells[failed] is not ("0" or "1")) throw Wrong();
            rows.Add(new MachineRow((uint)worn, Number(cells[torque]), cells[failed] == "1"));
        }
        return rows.Count > 0 ? rows : throw new FormatException("The file has no rows.");

        int Column(string name) => Array.IndexOf(header, name) is >= 0 and var place ? place : throw new FormatException($"The file has no column «{name}».");
        decimal Number(string cell) => decimal.TryParse(cell, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number <= NumberAtMost ? number : throw Wrong();
        FormatException Wrong() => new($"Row {rows.Count + 1} is not as the header says.");
    }
}

/// <summary>What a machine made between two readings.</summary>
/// <param name="Pieces">How many.</param>
/// <param name="Minutes">How long it ran.</param>
/// <param name="Failures">How often it failed.</param>
/// <param name="Wear">The most minutes that a tool had worked.</param>
/// <param name="Strain">The most that wear times torque came to.</param>
/// <param name="ToolChanged">Whether a new tool was put in afterwards.</param>
public readonly record struct MachineShift(uint Pieces, uint Minutes, uint Failures, uint Wear, uint Strain, bool ToolChanged)
{
    /// <summary>So many pieces a reading, fewer where a tool is changed.</summary>
    public const int PiecesAtMost = 25;

    /// <summary>Rows in shifts. A piece took as long as the tool's wear went on; of the first of a tool that is not known, and counts as nothing.</summary>
    public static List<MachineShift> Of(IReadOnlyList<MachineRow> rows)
    {
        var shifts = new List<MachineShift>();
        var shift = default(MachineShift);
        for (var each = 0; each < rows.Count; each++)
        {
            var row = rows[each];
            var minutes = each > 0 && row.Wear > rows[each - 1].Wear ? row.Wear - rows[each - 1].Wear : 0;
            shift = new MachineShift(
                shift.Pieces + 1, shift.Minutes + minutes, shift.Failures + (row.Failed ? 1u : 0), Math.Max(shift.Wear, row.Wear), Math.Max(shift.Strain, row.Strain),
                each + 1 < rows.Count && rows[each + 1].Wear < row.Wear);
            if (shift.Pieces < PiecesAtMost && !shift.ToolChanged && each + 1 < rows.Count) continue;
            shifts.Add(shift);
            shift = default;
        }
        return shifts;
    }
}
