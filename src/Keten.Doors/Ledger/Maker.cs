using System.Text;
using Keten.Client;
using Keten.Contracts.Devices;
using Keten.Contracts.Metering;
using Keten.Kernel;

namespace Keten.Doors;

/// <summary>Makes the transactions of what was taken, after everything about it has been checked that can be checked outside the ledger.</summary>
internal sealed class Maker(DoorsConfiguration configuration, DoorStore store, LedgerDesk desk, DoorKeys keys, Wallet wallet, TimeProvider clock)
{
    private static readonly Codec<MeteredUse.Usage> UsageCodec = LedgerDesk.CodecOf<MeteredUse.Usage>(MeteredUse.Contents);

    private Instant Oldest => new Instant(clock.GetUtcNow().ToUnixTimeSeconds()).PlusDays(-configuration.Limits.DaysLate);

    /// <summary>A signed transaction, its id, and until when it can be decided.</summary>
    /// <exception cref="ApartException">There will never be one.</exception>
    public Task<(byte[] Transaction, Hash Id, long Expiry)> MakeAsync(Outgoing row, CancellationToken cancel) => row.Work switch
    {
        Work.Session => SessionAsync(row, cancel),
        Work.Statement => StatementAsync(row, cancel),
        _ => SoftwareAsync(row, cancel),
    };

    /// <summary>Remembers, of what is done, what the next of the same meter is held against.</summary>
    public static void Remember(DoorStore store, Outgoing row)
    {
        if (row.Work != Work.Session) return;
        var session = MeterSession.Read(row.Content);
        store.Run(
            "INSERT INTO pages VALUES ($meter, $number) ON CONFLICT (meter) DO UPDATE SET number = max(number, excluded.number)", ("$meter", session.Meter(row.Lane)), ("$number", session.Page));
    }

    private async Task<(byte[] Transaction, Hash Id, long Expiry)> SessionAsync(Outgoing row, CancellationToken cancel)
    {
        var point = configuration.ChargePoints.FirstOrDefault(each => each.Id == row.Source) ?? throw new ApartException(ApartReason.UnknownDevice, "The charge point is not configured any more.");
        var party = keys.PartyOf(point.Key);
        var device = await InForceAsync(party, cancel);
        var session = MeterSession.Read(row.Content);
        await session.CheckAsync(party, device, [row.MeterKey, point.MeterKey], desk, cancel);
        if (store.Look(open => (long?)open.Read("SELECT number FROM pages WHERE meter = $meter", ("$meter", session.Meter(row.Lane)))) is { } last && session.Page <= last)
            throw new ApartException(session.Page == last ? ApartReason.Doubled : ApartReason.OutOfOrder, "The meter's record of that page, or of a later one, has been charged already.");
        if (session.End < Oldest) throw new ApartException(ApartReason.Late, $"The session ended over {configuration.Limits.DaysLate} days ago.");
        if (row.Agreement == 0 || await desk.MeteredUseAsync(row.Agreement, cancel) is not { } agreed) throw new ApartException(ApartReason.NoAgreement, "No agreement pays for the session.");
        var tariff = await desk.TariffAsync(agreed.State.Tariff, cancel) ?? throw new ApartException(ApartReason.NoAgreement, "The agreement's tariff cannot be read.");
        var points = session.Points(tariff.Terms.Energy);
        var document = await desk.Client.PutDocumentAsync(row.Content, "text/plain; charset=utf-8", row.Salt, agreement: row.Agreement, cancel: cancel);
        var agreement = new Agreement<MeteredUse>(row.Agreement);
        // The meter signs its own record and nothing else: that this is what the record says, the device's key vouches for, and whoever has the record can see.
        var usage = StatementSigning.Sign(desk.LedgerId, keys.Open(point.Key), UsageCodec, new MeteredUse.Usage(agreement, document, points));
        return await SignAsync(transaction => transaction
            .Call(DeviceRegister.Contents, desk.Register, new DeviceRegister.Confirm(party, session.End))
            .Call(MeteredUse.Contents, agreement, new MeteredUse.Charge(usage)), cancel);
    }

    private async Task<(byte[] Transaction, Hash Id, long Expiry)> StatementAsync(Outgoing row, CancellationToken cancel)
    {
        var statement = Statement.Read(row.Content, desk.LedgerId);
        if (await desk.SignerAsync(statement.Key, cancel) is not var (party, key)) throw new ApartException(ApartReason.UnknownDevice, "The ledger does not know the key, or it has been retired.");
        if (!statement.IsSignedBy(key, desk.LedgerId)) throw new ApartException(ApartReason.BadSignature, "The signature does not match.");
        await InForceAsync(party, cancel);
        if (row.Source.StartsWith(EventDoor.Prefix, StringComparison.Ordinal) && !store.Do(open => open.TakeOnce(row.Source, row.Id, row.Content, null, out var before) || before.Same))
            throw new ApartException(ApartReason.Doubled, "An event of that source and id has been taken already.");
        return await SignAsync(transaction =>
        {
            transaction.Call(DeviceRegister.Contents, desk.Register, new DeviceRegister.Confirm(party, statement.At));
            statement.AddTo(transaction);
            return transaction;
        }, cancel);
    }

    private async Task<(byte[] Transaction, Hash Id, long Expiry)> SoftwareAsync(Outgoing row, CancellationToken cancel)
    {
        var point = configuration.ChargePoints.FirstOrDefault(each => each.Id == row.Source) ?? throw new ApartException(ApartReason.UnknownDevice, "The charge point is not configured any more.");
        var (party, version) = (keys.PartyOf(point.Key), Encoding.UTF8.GetString(row.Content));
        if ((await InForceAsync(party, cancel)).Software == version) throw new ApartException(ApartReason.Doubled, "The register has that version already.");
        return await SignAsync(transaction => transaction.Call(DeviceRegister.Contents, desk.Register, new DeviceRegister.StateSoftware(party, version)), cancel);
    }

    // Refused here it is kept apart for its reason; what is revoked a moment later, the register's clause in the same transaction refuses.
    private async Task<Device> InForceAsync(Party party, CancellationToken cancel) => await desk.DeviceAsync(party, cancel) switch
    {
        null => throw new ApartException(ApartReason.UnknownDevice, "The device is not in the register."),
        { Revoked: not null } => throw new ApartException(ApartReason.Revoked, "The device is revoked."),
        { } device => device,
    };

    private async Task<(byte[] Transaction, Hash Id, long Expiry)> SignAsync(Func<TransactionBuilder, TransactionBuilder> calls, CancellationToken cancel)
    {
        var expiry = (clock.GetUtcNow() + Wallet.Usual).ToUnixTimeSeconds();
        var transaction = calls(await wallet.BeginAsync(lane: configuration.Lane, cancel: cancel));
        return (transaction.Sign(wallet.Signer), Hash.Of(transaction.Payload()), expiry);
    }
}
