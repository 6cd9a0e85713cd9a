namespace Keten.Kernel;

/// <summary>What a unit allows, fixed when it is made.</summary>
[Flags]
public enum UnitRules
{
    /// <summary>Held until spent, taken back by nobody: money.</summary>
    None = 0,

    /// <summary>May be issued with an end: oldest first when spent, never spendable once expired, swept by the issuer.</summary>
    Expires = 1,

    /// <summary>The issuer may take it back without the holder's signature: points of a returned purchase.</summary>
    TakenBack = 2,

    /// <summary>Moves only to and from the issuer: it cannot be passed on.</summary>
    Personal = 4,
}
