using Keten.Kernel;
using Keten.Node.Views;

namespace Keten.Node.Alarms;

/// <summary>A party's wish to be warned, and who is told next where nobody acknowledges.</summary>
/// <param name="Id">32 hexadecimal digits, drawn by the node.</param>
/// <param name="Party">Whose: it is warned of what this party may read, and of nothing else.</param>
/// <param name="Kinds">What of, such as «theft»; none: of everything.</param>
/// <param name="Agreement">Under this agreement only.</param>
/// <param name="About">Only of events in which a text field says this, such as a VIN.</param>
/// <param name="Everyones">Also of what is told to everyone; otherwise only of what is told to the party by name.</param>
/// <param name="Created">When, in seconds since 1970.</param>
/// <param name="Steps">Who is told, one after another until somebody acknowledges.</param>
public sealed record AlarmSubscription(string Id, Party Party, IReadOnlyList<string> Kinds, ulong? Agreement, string? About, bool Everyones, long Created, IReadOnlyList<AlarmStep> Steps);

/// <summary>One who is told.</summary>
/// <param name="To">An address of https, or one of e-mail as mailto:.</param>
/// <param name="After">So many seconds after the alarm was raised, where nobody has acknowledged it until then.</param>
/// <param name="Confirmed">Whether who has the mailbox said that it wants this; until then nothing but that question is sent there.</param>
public sealed record AlarmStep(Uri To, int After, bool Confirmed);

/// <summary>Something that a subscription warns of.</summary>
/// <param name="Id">The subscription's id, and the event's place and number: the same wherever it is told.</param>
/// <param name="Subscription">Of which subscription.</param>
/// <param name="At">Where the event stands.</param>
/// <param name="Raised">When the node raised it, in seconds since 1970.</param>
/// <param name="Told">How many steps were told.</param>
/// <param name="Missed">How many steps could not be reached.</param>
/// <param name="Acknowledged">When somebody acknowledged it; null while nobody has.</param>
/// <param name="By">Who did: «party», or the address that was written to.</param>
/// <param name="Error">What the last attempt that failed came to.</param>
public sealed record Alarm(string Id, string Subscription, Position At, long Raised, int Told, int Missed, long? Acknowledged, string? By, string? Error);

/// <summary>Sizes and times of alarms; each with its default.</summary>
public sealed record AlarmOptions
{
    /// <summary>How many subscriptions the node keeps.</summary>
    public int AtMost { get; init; } = 256;

    /// <summary>How many of them a party may have.</summary>
    public int AtMostOfParty { get; init; } = 8;

    /// <summary>How many alarms a subscription keeps: the oldest that are done with go first, then the oldest.</summary>
    public int KeptAtMost { get; init; } = 10_000;

    /// <summary>How often a step is tried before the next one is told at once.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>How often a mailbox is asked within a day whether it wants alarms, whoever wants them sent there.</summary>
    public int QuestionsOfMailbox { get; init; } = 3;

    /// <summary>How many mailboxes are asked for a party within a day.</summary>
    public int QuestionsOfParty { get; init; } = 32;

    /// <summary>Where people reach the node, for the links in messages; without it they are told the command.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>The server that takes e-mail; null where there is none.</summary>
    public MailOptions? Mail { get; init; }

    /// <summary>Where messages may go, how long an attempt may take, when it is repeated, and the clock: as for webhooks.</summary>
    public Webhooks.WebhookOptions Sending { get; init; } = new();
}

/// <summary>The server that takes e-mail (RFC 5321), and how.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Port">587 with STARTTLS, as a rule.</param>
/// <param name="From">Who writes.</param>
/// <param name="User">For AUTH; null without.</param>
/// <param name="Password">For AUTH.</param>
/// <param name="StartTls">Whether the connection must be encrypted before anything is said.</param>
public sealed record MailOptions(string Host, int Port, string From, string? User, string? Password, bool StartTls)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Host}:{Port}";
}
