using System.Globalization;
using Keten.Connectors.Sessions;

namespace Keten.Connectors.Rides;

/// <summary>
/// Reads taxi rides from a CSV, row by row, in bounded memory. Columns are found by the header's names: <c>pickup, dropoff, fare, tip, tolls, total</c>, or those that the New York City Taxi and
/// Limousine Commission gives them (<c>tpep_pickup_datetime</c>, <c>fare_amount</c> …); the others are skipped. A bad row is given with its line and reason, and reading goes on.
/// <list type="bullet">
/// <item>Times are the wall clock's, as they stand, without a zone.</item>
/// <item>Amounts are exact decimals with at most two places; whether they make sense is not judged here.</item>
/// </list>
/// </summary>
public static class RideCsv
{
    /// <summary>The most rows of one file.</summary>
    public const int MaxRows = 1_000_000;

    /// <summary>No amount is further from nothing.</summary>
    public const decimal MaxAmount = 10_000_000;

    private const int MaxColumns = 256;

    private static readonly string[][] Needed =
    [
        ["pickup", "tpep_pickup_datetime", "lpep_pickup_datetime"], ["dropoff", "tpep_dropoff_datetime", "lpep_dropoff_datetime"],
        ["fare", "fare_amount"], ["tip", "tip_amount"], ["tolls", "tolls_amount"], ["total", "total_amount"],
    ];

    /// <summary>The rows, as they are read.</summary>
    public static IEnumerable<RideRow> Read(TextReader text)
    {
        var lines = new LineReader(text);
        if ((lines.Next() && !lines.TooLong ? Header(lines.Line) : null) is not { } columns)
        {
            yield return new RideRow(1, "", null, RideRefusal.NoHeader);
            yield break;
        }
        while (lines.Next())
        {
            if (lines.Number > MaxRows + 1)
            {
                yield return new RideRow(lines.Number, "", null, RideRefusal.TooManyRows);
                yield break;
            }
            if (lines.TooLong) yield return new RideRow(lines.Number, "", null, RideRefusal.TooLong);
            else if (lines.Line.Length > 0) yield return Row(lines.Number, lines.Line, columns);
        }
    }

    private static (int Count, int[] Places)? Header(string line)
    {
        if (Csv.Split(line, MaxColumns) is not { } names) return null;
        var places = new int[Needed.Length];
        for (var each = 0; each < places.Length; each++)
        {
            var called = Needed[each];
            places[each] = names.FindIndex(name => Array.IndexOf(called, name) >= 0);
            if (places[each] < 0 || names.FindLastIndex(name => Array.IndexOf(called, name) >= 0) != places[each]) return null;
        }
        return (names.Count, places);
    }

    private static RideRow Row(int number, string line, (int Count, int[] Places) columns)
    {
        RideRow Refused(RideRefusal because) => new(number, line, null, because);
        if (Csv.Split(line, MaxColumns) is not { } cells || cells.Count != columns.Count) return Refused(RideRefusal.WrongColumns);
        string Cell(int needed) => cells[columns.Places[needed]];
        if (SessionCsv.Moment(Cell(0)) is not { } from || SessionCsv.Moment(Cell(1)) is not { } until) return Refused(RideRefusal.NotATime);
        if (Cents(Cell(2)) is not { } fare || Cents(Cell(3)) is not { } tip || Cents(Cell(4)) is not { } tolls || Cents(Cell(5)) is not { } total)
            return Refused(RideRefusal.NotAnAmount);
        return new RideRow(number, line, new TaxiRide(from, until, fare, tip, tolls, total), RideRefusal.None);
    }

    private static long? Cents(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount)
            && Math.Abs(amount) <= MaxAmount && decimal.Truncate(amount * 100) == amount * 100 ? (long)(amount * 100) : null;
}
