using Keten.Kernel;
using Keten.Node.Views;

namespace Keten.Node.Webhooks;

/// <summary>A party's wish to be told of events at an address.</summary>
/// <param name="Id">32 hexadecimal digits, drawn by the node.</param>
/// <param name="Party">Whose: it is told what this party may read, and nothing else.</param>
/// <param name="Url">Where to.</param>
/// <param name="Agreement">Of this agreement only.</param>
/// <param name="Contract">Of this contract only, by its code.</param>
/// <param name="Event">This event of the contract only, by its number.</param>
/// <param name="Created">When, in seconds since 1970.</param>
/// <param name="Suspended">Whether it was given up, until its party has dead letters delivered again.</param>
public sealed record Webhook(string Id, Party Party, Uri Url, ulong? Agreement, ushort? Contract, ushort? Event, long Created, bool Suspended);

/// <summary>An event that could not be delivered.</summary>
/// <param name="At">Its place.</param>
/// <param name="Since">When it was given up, in seconds since 1970.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Error">What the last attempt came to.</param>
public sealed record DeadLetter(Position At, long Since, int Attempts, string Error);

/// <summary>Sizes and times of webhooks; each with its default.</summary>
public sealed record WebhookOptions
{
    /// <summary>How many subscriptions the node keeps.</summary>
    public int AtMost { get; init; } = 64;

    /// <summary>How many of them a party may have.</summary>
    public int AtMostOfParty { get; init; } = 8;

    /// <summary>How many dead letters a subscription keeps before it is suspended.</summary>
    public int DeadLettersAtMost { get; init; } = 1_000;

    /// <summary>After so many events in a row that could not be delivered it is suspended.</summary>
    public int GivenUpAfter { get; init; } = 3;

    /// <summary>How often an event is tried: with the delays of <see cref="DelayAfter"/>, within a day.</summary>
    public int Attempts { get; init; } = 12;

    /// <summary>How long an attempt may take, in seconds.</summary>
    public double TimeoutSeconds { get; init; } = 10;

    /// <summary>Whether http and https to this machine itself are allowed: for development.</summary>
    public bool AllowLoopback { get; init; }

    /// <summary>Whether private, link-local and other addresses that are not public are allowed: for a node whose subscribers are in its own network.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>What jitter is drawn from; a test hands one with a seed.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>5, 15, 45 … seconds, at most six hours, a fifth more or less.</summary>
    public TimeSpan DelayAfter(int attempts)
    {
        var plain = Math.Min(5 * Math.Pow(3, Math.Clamp(attempts - 1, 0, 20)), 6 * 3600);
        double draw;
        lock (Random) draw = Random.NextDouble();
        return TimeSpan.FromSeconds(plain * (0.8 + 0.4 * draw));
    }
}
