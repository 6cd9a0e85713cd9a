using System.Globalization;
using System.Security;
using System.Text;

namespace Keten.Bench.Plots;

/// <summary>A chart as SVG, by hand: bars, or a line over a logarithmic or a plain axis. Reads on white and on dark.</summary>
internal static class Chart
{
    private const int Width = 720;
    private const int Left = 210;
    private const int BarHeight = 26;
    private const int Head = 52;
    private const int PlotHeight = 260;
    private const string Ink = "#7a7f87";
    private const string Colour = "#2f7ed8";

    /// <summary>One bar each, the value with its spread beside it.</summary>
    public static string Bars(string title, string unit, IReadOnlyList<(string Name, double Value, double Min, double Max)> bars)
    {
        var (svg, most, space) = (Begin(title, Head + bars.Count * BarHeight + 16), bars.Max(bar => bar.Max), Width - Left - 130);
        for (var each = 0; each < bars.Count; each++)
        {
            var (name, value, min, max) = bars[each];
            var (y, x) = (Head + each * BarHeight, Left + space * value / most);
            Text(svg, Left - 8, y + 15, "end", name);
            svg.AppendLine(Invariant($"""<rect x="{Left}" y="{y}" width="{Math.Max(1, x - Left):0.0}" height="{BarHeight - 8}" rx="2" fill="{Colour}"/>"""));
            svg.AppendLine(Invariant($"""<path d="M{Left + space * min / most:0.0} {y + 9}H{Left + space * max / most:0.0}" stroke="{Ink}" stroke-width="2"/>"""));
            Text(svg, Left + (int)(space * max / most) + 8, y + 15, "start", $"{Short(value)} {unit}");
        }
        return End(svg);
    }

    /// <summary>Lines over a common axis.</summary>
    public static string Line(string title, string across, string up, IReadOnlyList<(double X, double Y)> points)
    {
        var svg = Begin(title, Head + PlotHeight + 48);
        var logarithmic = points[0].X > 0 && points[^1].X / points[0].X >= 50;
        double At(double x) => logarithmic ? Math.Log10(x) : x;
        var (first, last, most) = (At(points[0].X), At(points[^1].X), points.Max(point => point.Y) * 1.08);
        int X(double x) => 80 + (int)((Width - 120) * (last > first ? (At(x) - first) / (last - first) : 0.5));
        int Y(double y) => Head + PlotHeight - (int)(PlotHeight * y / most);
        for (var line = 0; line <= 4; line++)
        {
            var value = most * line / 4;
            svg.AppendLine(Invariant($"""<path d="M80 {Y(value)}H{Width - 40}" stroke="{Ink}" stroke-width="0.5" opacity="0.6"/>"""));
            Text(svg, 74, Y(value) + 4, "end", Short(value));
        }
        svg.AppendLine($"""<polyline fill="none" stroke="{Colour}" stroke-width="2" points="{string.Join(' ', points.Select(point => Invariant($"{X(point.X)},{Y(point.Y)}")))}"/>""");
        foreach (var (x, y) in points) svg.AppendLine(Invariant($"""<circle cx="{X(x)}" cy="{Y(y)}" r="3" fill="{Colour}"/>"""));
        foreach (var (x, _) in new[] { points[0], points[points.Count / 2], points[^1] }.Distinct()) Text(svg, X(x), Head + PlotHeight + 18, "middle", Short(x));
        Text(svg, Width / 2, Head + PlotHeight + 38, "middle", across);
        Text(svg, 80, Head - 8, "start", up);
        return End(svg);
    }

    private static StringBuilder Begin(string title, int height)
    {
        var svg = new StringBuilder();
        svg.AppendLine(Invariant($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" font-family="system-ui, sans-serif" font-size="13">"""));
        svg.AppendLine($"""<text x="12" y="20" font-weight="600" fill="{Ink}">{SecurityElement.Escape(title)}</text>""");
        return svg;
    }

    private static string End(StringBuilder svg) => svg.AppendLine("</svg>").ToString();

    private static void Text(StringBuilder svg, int x, int y, string anchor, string text) =>
        svg.AppendLine(Invariant($"""<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{Ink}">{SecurityElement.Escape(text)}</text>"""));

    private static string Short(double value) => Math.Abs(value) switch
    {
        >= 1e9 => Invariant($"{value / 1e9:0.##} G"),
        >= 1e6 => Invariant($"{value / 1e6:0.##} M"),
        >= 1e4 => Invariant($"{value / 1e3:0.#} k"),
        >= 100 => Invariant($"{value:#,0}"),
        _ => Invariant($"{value:0.##}"),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
