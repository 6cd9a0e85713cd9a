namespace Keten.Connectors.Insurance;

/// <summary>What a portfolio says of its risks.</summary>
/// <param name="Policies">How many rows.</param>
/// <param name="Claims">How many there were.</param>
/// <param name="Exposure">In years.</param>
/// <param name="AverageClaim">What one cost, in the file's money.</param>
/// <param name="BaseFrequency">Claims a year of the base risk.</param>
/// <param name="Factors">The relativities.</param>
public sealed record DerivedRates(int Policies, long Claims, double Exposure, double AverageClaim, double BaseFrequency, IReadOnlyList<DerivedFactor> Factors)
{
    /// <summary>Claims a year over all.</summary>
    public double Frequency => Claims / Exposure;

    /// <summary>What a year costs at the base risk, rounded half-even: frequency times claim, and a loading for costs and profit.</summary>
    /// <param name="claim">What a claim costs, in the money's smallest part.</param>
    /// <param name="loading">In per cent of what the claims cost.</param>
    public long BasePremium(double claim, int loading) => (long)Math.Round(BaseFrequency * claim * (100 + loading) / 100, MidpointRounding.ToEven);
}

/// <summary>A factor's relativities.</summary>
/// <param name="Name">Of its column.</param>
/// <param name="Constant">So many expected claims give a level half of its own weight; none, where the levels scatter no more than chance would have them, and the factor says nothing.</param>
/// <param name="Levels">From the first.</param>
public sealed record DerivedFactor(string Name, double? Constant, IReadOnlyList<DerivedLevel> Levels);

/// <summary>A level's relativity.</summary>
/// <param name="From">The least value that falls to it.</param>
/// <param name="Claims">How many there were.</param>
/// <param name="Exposure">In years.</param>
/// <param name="Own">Its claims against those that the other factors would have it expect.</param>
/// <param name="Credibility">How much of that is believed: from 0 to 1.</param>
/// <param name="Millionths">The relativity in the tariff; 1,000,000 at the level with the most exposure.</param>
public sealed record DerivedLevel(uint From, long Claims, double Exposure, double Own, double Credibility, uint Millionths);
