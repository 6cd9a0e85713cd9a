using Keten.Kernel;

namespace Keten.Contracts.Machines;

/// <summary>On what terms a machine is used.</summary>
/// <param name="Tariff">What use costs.</param>
/// <param name="Service">When a service is called.</param>
/// <param name="Instalment">What a bank has of every payment, where the machine is financed.</param>
/// <param name="Premium">What an insurer has of every payment, where the machine is insured.</param>
/// <param name="DaysOfNotice">So many days ahead whoever leaves says so.</param>
public sealed record MachineTerms(MachineTariff Tariff, ServiceTerms Service, Instalment? Instalment, Premium? Premium, byte DaysOfNotice)
{
    /// <summary>Whether they can be carried out: all in one money, prices in order, and no more than the whole of a payment given away.</summary>
    public bool AreWhole => Tariff.IsPriceable && Service.AreWhole(Tariff.Currency) && Given <= Rate.One;

    // More than the whole, where a share or a sum is none.
    private long Given
    {
        get
        {
            var (bank, insurer) = (0L, 0L);
            if (Instalment is { } instalment) bank = instalment.InAll.Unit == Tariff.Currency && instalment.InAll.Minor > 0 ? Millionths(instalment.Share) : Rate.One + 1;
            if (Premium is { } premium) insurer = Millionths(premium.Share);
            return bank + insurer;
        }
    }

    private static long Millionths(Rate share) => share.Millionths is > 0 and <= Rate.One ? share.Millionths : Rate.One + 1;
}

/// <summary>A bank's instalment: a share of every payment, until it has had all.</summary>
/// <param name="Bank">Who financed the machine.</param>
/// <param name="Share">Of every payment.</param>
/// <param name="InAll">What the bank has in the end.</param>
public readonly record struct Instalment(Party Bank, Rate Share, Amount InAll);

/// <summary>An insurer's premium: a share of every payment, since who uses a machine more risks more.</summary>
/// <param name="Insurer">Who insures the machine.</param>
/// <param name="Share">Of every payment.</param>
public readonly record struct Premium(Party Insurer, Rate Share);

/// <summary>When a service is called: by wear, by strain, by failures. A threshold of nothing is not watched.</summary>
/// <param name="Servicer">Who does it.</param>
/// <param name="Wear">When a tool has worked so many minutes.</param>
/// <param name="Strain">When wear times torque has come to so much, in min·N·m.</param>
/// <param name="Failures">When the machine has failed so often since the last service.</param>
/// <param name="Days">So many days after the call it comes late.</param>
/// <param name="Late">What the user is credited when it does; may be nothing.</param>
public readonly record struct ServiceTerms(Party Servicer, uint Wear, uint Strain, uint Failures, byte Days, Amount Late)
{
    /// <summary>Whether they can be carried out, in this money.</summary>
    public bool AreWhole(Unit currency) => Days > 0 && Late.Unit == currency && Late.Minor is >= 0 and <= MachineTariff.MonthAtMost;

    /// <summary>What calls for a service, or null where nothing does.</summary>
    /// <param name="shown">What the machine shows of itself.</param>
    /// <param name="failures">How often it has failed since the last service.</param>
    public ServiceCause? Calls(in Condition shown, uint failures) =>
        Wear > 0 && shown.Wear >= Wear ? ServiceCause.Wear
        : Strain > 0 && shown.Strain >= Strain ? ServiceCause.Strain
        : Failures > 0 && failures >= Failures ? ServiceCause.Failures
        : null;
}

/// <summary>What called for a service.</summary>
public enum ServiceCause
{
    /// <summary>A tool has worked long enough.</summary>
    Wear = 1,

    /// <summary>A worn tool was worked too hard.</summary>
    Strain = 2,

    /// <summary>The machine has failed too often.</summary>
    Failures = 3,
}
