using Keten.Kernel;

namespace Keten.Contracts.Tariffs;

/// <summary>The lines and periods of a session as they are added up, its steps, limits and totals.</summary>
internal sealed class SessionBill(TariffTerms terms)
{
    // Lines differ in dimension, price and VAT, and a tariff has no more of these than components, sessions and reservations counted apart.
    private readonly PricedLine[] lines = new PricedLine[2 * 4 * terms.Elements.Count];
    private int lineCount;
    private PricedPeriod[] periods = new PricedPeriod[4];
    private (PriceComponent? Energy, PriceComponent? Time) lastPrices;
    private int periodCount;
    private bool flatCharged, reservedFlatCharged;
    private (int Line, long Step) lastEnergy = (-1, 0), lastTime = (-1, 0), lastReserved = (-1, 0);

    /// <summary>A flat fee applies; the session's first, and the reservation's first, is charged.</summary>
    public void Flat(PriceComponent? component, bool reserved)
    {
        ref var charged = ref reserved ? ref reservedFlatCharged : ref flatCharged;
        if (component is null || charged) return;
        charged = true;
        Use(Line(component.Value, reserved), Micro.One);
    }

    /// <summary>A volume was used at a price.</summary>
    public void Add(PriceComponent? used, bool reserved, long volume)
    {
        if (used is not { } component) return;
        var line = Line(component, reserved);
        Use(line, volume);
        if (component.Dimension == Dimension.Energy) lastEnergy = (line, component.StepSize);
        else if (reserved) lastReserved = (line, component.StepSize);
        else lastTime = (line, component.StepSize);
    }

    /// <summary>Adds a period, or lengthens the last one where nothing but time has changed; false when there are too many.</summary>
    public bool Period(PricedPeriod period, PriceComponent? energy, PriceComponent? time)
    {
        if (periodCount > 0 && periods[periodCount - 1].Activity == period.Activity && lastPrices == (energy, time))
        {
            ref var last = ref periods[periodCount - 1];
            last = last with
            {
                Energy = last.Energy + period.Energy,
                Duration = last.Duration + period.Duration,
                Current = period.Current > (last.Current ?? -1) ? period.Current : last.Current,
                Power = period.Power > (last.Power ?? -1) ? period.Power : last.Power,
            };
            return true;
        }
        if (periodCount == TariffPricing.MaxPeriods) return false;
        if (periodCount == periods.Length) Array.Resize(ref periods, 2 * periodCount);
        periods[periodCount++] = period;
        lastPrices = (energy, time);
        return true;
    }

    /// <summary>Fills the last step of energy, of the last kind of time, and of the reservation's time.</summary>
    public void FillSteps()
    {
        Fill(lastEnergy);
        Fill(lastTime);
        Fill(lastReserved);
    }

    public Priced Total(Instant begin, Instant end, Amount energy, bool limited)
    {
        var perMinor = PricedLine.PerMajor;
        for (var i = 0; i < terms.CurrencyDecimals; i++) perMinor /= 10;
        var (excl, incl, shown) = ((Int128)0, (Int128)0, 0L);
        for (var i = 0; i < lineCount; i++)
        {
            (excl, incl) = (excl + lines[i].Exact, incl + lines[i].ExactInclVat);
            lines[i] = lines[i] with { Cost = terms.Currency.Of(Exact.Divide(lines[i].Exact, perMinor, Rounding.HalfEven)) };
            shown += lines[i].Cost.Minor;
        }
        var before = Exact.Divide(excl, perMinor, Rounding.HalfEven);
        if (limited) (excl, incl) = PriceLimits.Hold(terms, excl, incl);
        var total = Exact.Divide(excl, perMinor, Rounding.HalfEven);
        return new Priced(new(lines.AsSpan(0, lineCount)), new(periods.AsSpan(0, periodCount)), terms.Currency.Of(total),
            terms.Currency.Of(Exact.Divide(incl, (Int128)perMinor * Rate.One, Rounding.HalfEven)), terms.Currency.Of(before - shown),
            terms.Currency.Of(total - before), energy, begin, end);
    }

    private void Fill((int Line, long Step) last)
    {
        if (last.Line < 0 || last.Step == 0) return;
        ref var line = ref lines[last.Line];
        var (total, step) = (0L, last.Step * Micro.One);
        for (var i = 0; i < lineCount; i++)
            if (lines[i].Dimension == line.Dimension && lines[i].Reserved == line.Reserved) total += lines[i].Volume;
        var over = total % step;
        if (over > 0) line = line with { Billed = line.Billed + step - over };
    }

    private void Use(int line, long volume) => lines[line] = lines[line] with { Volume = lines[line].Volume + volume, Billed = lines[line].Billed + volume };

    private int Line(PriceComponent component, bool reserved)
    {
        for (var i = 0; i < lineCount; i++)
            if (lines[i].Dimension == component.Dimension && lines[i].Reserved == reserved && lines[i].Price == component.Price
                && lines[i].Vat == component.Vat) return i;
        lines[lineCount] = new PricedLine(component.Dimension, reserved, component.Price, component.Vat, 0, 0, terms.Currency.Of(0));
        return lineCount++;
    }
}
