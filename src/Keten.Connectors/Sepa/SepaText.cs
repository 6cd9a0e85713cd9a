using System.Text;
using Keten.Contracts.Banking;

namespace Keten.Connectors.Sepa;

/// <summary>Texts in the signs that every bank of SEPA takes (EPC217-08, «SEPA requirements for an extended character set», §1.4 and annex).</summary>
public static class SepaText
{
    /// <summary>No name is longer in a SEPA payment (EPC130-08).</summary>
    public const int NameAtMost = 70;

    /// <summary>No line of remittance is longer.</summary>
    public const int RemittanceAtMost = 140;

    private const string From = "ÀÁÂÃÄÅĀĂĄÇĆĈĊČĎĐÈÉÊËĒĔĖĘĚĜĞĠĢĤĦÌÍÎÏĨĪĬĮİĴĶĹĻĽĿŁÑŃŅŇÒÓÔÕÖØŌŎŐŔŖŘŚŜŞŠȘŢŤŦȚÙÚÛÜŨŪŬŮŰŲŴÝŶŸŹŻŽàáâãäåāăąçćĉċčďđèéêëēĕėęěĝğġģĥħìíîïĩīĭįıĵķĺļľŀłñńņňòóôõöøōŏőŕŗřśŝşšșţťŧțùúûüũūŭůűųŵýŷÿźżž";
    private const string To = "AAAAAAAAACCCCCDDEEEEEEEEEGGGGHHIIIIIIIIIJKLLLLLNNNNOOOOOOOOORRRSSSSSTTTTUUUUUUUUUUWYYYZZZaaaaaaaaacccccddeeeeeeeeegggghhiiiiiiiiijklllllnnnnooooooooorrrsssssttttuuuuuuuuuuwyyyzzz";

    /// <summary>A text in those signs: accents fall away, other letters become their nearest, and what has none becomes a point. Spaces are put together, and it ends at the limit.</summary>
    public static string Plain(string text, int atMost)
    {
        var plain = new StringBuilder(Math.Min(text.Length, atMost) + 2);
        foreach (var sign in text)
        {
            if (plain.Length >= atMost) break;
            if (char.IsWhiteSpace(sign) || sign == ' ')
            {
                if (plain.Length > 0 && plain[^1] != ' ') plain.Append(' ');
            }
            else
            {
                plain.Append(Nearest(sign));
            }
        }
        if (plain.Length > atMost) plain.Length = atMost;
        return plain.ToString().TrimEnd(' ');
    }

    private static string Nearest(char sign)
    {
        if (SepaIdentifiers.IsCharacter(sign)) return sign.ToString();
        var at = From.IndexOf(sign, StringComparison.Ordinal);
        return at >= 0 ? To[at].ToString() : sign switch
        {
            'ß' => "ss", 'Æ' => "AE", 'æ' => "ae", 'Œ' => "OE", 'œ' => "oe", 'Þ' => "TH", 'þ' => "th", '&' => "+", '_' => "-", '–' or '—' => "-", '’' or '‘' or '`' or '"' => "'",
            '[' or '{' or '<' => "(", ']' or '}' or '>' => ")", ';' => ",", '\\' or '|' => "/", '€' => "E", '@' => "(at)", _ => ".",
        };
    }
}
