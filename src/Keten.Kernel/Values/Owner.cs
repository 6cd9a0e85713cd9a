namespace Keten.Kernel;

/// <summary>Who has an account: a party, or an agreement for what is held under it.</summary>
public readonly record struct Owner
{
    private readonly Party party;
    private readonly ulong agreement;

    private Owner(Party party, ulong agreement) => (this.party, this.agreement) = (party, agreement);

    /// <summary>The party, where it is one.</summary>
    public Party? Party => agreement == 0 && !party.IsNone ? party : null;

    /// <summary>The agreement's number, where it is one; otherwise 0.</summary>
    public ulong Agreement => agreement;

    /// <summary>Whether it is the default value, which is nobody.</summary>
    public bool IsNone => agreement == 0 && party.IsNone;

    /// <summary>An agreement as owner of what is held under it.</summary>
    public static Owner Of(ulong agreement) => new(default, agreement);

    /// <summary>A party as owner.</summary>
    public static Owner Of(Party party) => new(party, 0);

    /// <summary>A party as owner.</summary>
    public static implicit operator Owner(Party party) => new(party, 0);

    internal void Write(Cbor.CborWriter writer)
    {
        if (agreement != 0) writer.Unsigned(agreement);
        else writer.Party(party);
    }

    internal static Owner Read(ref Cbor.CborReader reader) => reader.Peek() == Cbor.CborKind.Unsigned
        ? reader.Unsigned() is > 0 and var number ? Of(number) : throw reader.Fault("Agreement 0 is none.")
        : Of(reader.Party());

    /// <summary>For look-up only.</summary>
    public override int GetHashCode() => agreement == 0 ? party.GetHashCode() : unchecked((int)(agreement * 0x9E3779B1));

    /// <summary>The party's hexadecimal digits, or «agreement» and its number.</summary>
    public override string ToString() => agreement == 0 ? party.ToString() : "agreement " + agreement.ToString(null, null);
}
