using System.Collections.Concurrent;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Network;
using Keten.Node.Pipeline;
using Keten.Node.Storage;
using Keten.Testing;

namespace Keten.Tests.Networks;

/// <summary>Rule 8: an epoch's record restarts the order, and gives up nothing that was certified or can be.</summary>
public sealed class EpochTests
{
    /// <summary>The rehearsal of docs/epochs.md: the log is lost under load, then forked, then moved to another engine.</summary>
    [Fact]
    public async Task The_order_restarts_after_it_was_lost_then_forked_then_moved_and_nothing_final_is_lost()
    {
        await using var rig = new NetworkRig(4);
        var final = new ConcurrentBag<Hash>();
        await rig.OpenAllAsync();
        await rig.FundAsync();

        // Lost under load: it takes no more, and what comes in its place knows nothing.
        rig.Order = await LostUnderLoadAsync(rig, final);
        await rig.OpenAsync(0);
        Assert.Contains("lost entries or was replaced", await FaultAsync(rig[0]), StringComparison.Ordinal);
        await rig.CloseAsync(0);
        await RestartAsync(rig, 1);
        await EqualAsync(rig, final, 1);

        // Forked: two halves are shown two orders, and nobody certifies.
        await rig.CloseAllAsync();
        MemoryStore other = new();
        Copy(rig.Order, other);
        for (var each = 0; each < 4; each++) await rig.OpenAsync(each, new MemoryLog(each < 2 ? rig.Order : other));
        var height = rig[0].Head!.Header.Height;
        var (here, there) = (rig[0].SubmitAsync([rig.Pay(rig.Ada, rig.Bob, 3)], WaitFor.Accepted), rig[2].SubmitAsync([rig.Pay(rig.Ada, rig.Bob, 4)], WaitFor.Accepted));
        var accepted = new[] { (await here)[0].Id, (await there)[0].Id };
        await Task.Delay(300);
        Assert.All(Enumerable.Range(0, 4), each => Assert.Equal(height, rig[each].Head!.Header.Height));
        await rig.CloseAllAsync();
        rig.Order = new MemoryStore();
        await RestartAsync(rig, 2);
        foreach (var id in accepted) await Wait.UntilAsync(() => rig[1].Find(id) is not null);
        await EqualAsync(rig, [.. final, .. accepted], 2);

        // Moved to another engine, while all is well.
        await rig.CloseAllAsync();
        await using var file = FileLog.Open(new SimulatedDisk(9).Folder("order"));
        await RestartAsync(rig, 3, file);
        await EqualAsync(rig, [.. final, .. accepted], 3);
        await rig.CloseAllAsync();
        for (var each = 0; each < 4; each++) Assert.Empty(NodeCheck.Run(rig.DiskOf(each), Keten.Contracts.BuiltIn.Catalogue));
    }

    [Fact]
    public async Task A_validator_signs_one_record_for_an_epoch_and_takes_part_in_no_earlier_one()
    {
        await using var rig = await StoppedAsync();
        var file = await Epochs.ProposeAsync(rig.Setup(0), [], []);
        await Epochs.SignAsync(rig.Setup(0), file);
        await Epochs.SignAsync(rig.Setup(0), file);
        var other = file with { Certificate = new EpochCertificate(file.Record with { SetAside = new Many<Hash>(Hash.Of("another"u8)) }, default) };
        Assert.Contains("one only", (await Assert.ThrowsAsync<InvalidOperationException>(() => Epochs.SignAsync(rig.Setup(0), other))).Message, StringComparison.Ordinal);
        Assert.Contains("attests nothing of an earlier one", (await Assert.ThrowsAsync<InvalidOperationException>(() => rig.OpenAsync(0))).Message, StringComparison.Ordinal);
        Assert.Equal(2ul, (await Epochs.ProposeAsync(rig.Setup(0), [], [])).Record.Epoch);
    }

    [Fact]
    public async Task A_validator_signs_no_record_that_gives_up_what_it_has_attested()
    {
        await using var rig = await StoppedAsync();
        var behind = await Epochs.ProposeAsync(rig.Setup(0), [], []);
        await rig.OpenAllAsync();
        await rig.DoneAsync(1, rig.Pay(rig.Ada, rig.Bob, 1));
        await rig.CloseAllAsync();
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => Epochs.SignAsync(rig.Setup(1), behind));
        Assert.Contains("given up", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>What was attested, and certified nowhere that anybody knows: it may be certified somewhere all the same.</summary>
    [Fact]
    public async Task A_block_that_was_attested_and_not_yet_certified_stays_under_the_base()
    {
        await using var rig = new NetworkRig(4);
        var (header, waiting) = await rig.HalfAsync();
        await rig.StateAsync(2, header, by: rig.Validators[2]);
        await Wait.UntilAsync(() => Attests(rig, 0) && Attests(rig, 1));
        await rig.CloseAllAsync();
        await Assert.ThrowsAsync<NodeStoppedException>(() => waiting);
        var file = await Epochs.ProposeAsync(rig.Setup(0), [], []);
        Assert.Equal(header, file.Record.Base);
        Assert.Contains("nor those in the file", (await Assert.ThrowsAsync<InvalidOperationException>(
            () => Epochs.SignAsync(rig.Setup(0), file with { Certificate = new EpochCertificate(file.Record with { Base = header with { HistorySize = 9 } }, default) }))).Message, StringComparison.Ordinal);
        // The others have never read the entries: they are in the file.
        for (var each = 0; each < 3; each++) (file, _) = await Epochs.SignAsync(rig.Setup(each), file);
        for (var each = 0; each < 4; each++) await Epochs.ApplyAsync(rig.Setup(each), file);
        rig.Order = new MemoryStore();
        await rig.OpenAllAsync();
        Assert.Equal(1ul, rig[3].Epoch);
        Assert.Equal(header.Hash, (await rig.SameAsync(1, 0, 1, 2, 3)).Hash);

        static bool Attests(NetworkRig rig, int validator) =>
            rig.Register.ReadAsync(1).AsTask().Result.Any(statement => statement.Validator == rig.Validators[validator].Id.ToString() && Standing.Read(statement.Validator, statement.Bytes.Span)?.Attestation is not null);
    }

    /// <summary>A promise that lies behind the base of a complete record can never be certified any more, and does not keep its validator from going on.</summary>
    [Fact]
    public async Task A_validator_that_attested_behind_the_base_goes_on_in_the_new_epoch()
    {
        await using var rig = await StoppedAsync();
        var file = await Epochs.ProposeAsync(rig.Setup(0), [], []);
        for (var each = 0; each < 3; each++) (file, _) = await Epochs.SignAsync(rig.Setup(each), file);
        using (var promises = new PromiseFile(rig.DiskOf(3))) promises.Keep(file.Record.Base with { Height = file.Record.Base.Height + 1 });
        Assert.Contains("Propose one from here", (await Assert.ThrowsAsync<InvalidOperationException>(() => Epochs.SignAsync(rig.Setup(3), file))).Message, StringComparison.Ordinal);
        for (var each = 0; each < 4; each++) await Epochs.ApplyAsync(rig.Setup(each), file);
        rig.Order = new MemoryStore();
        await rig.OpenAllAsync();
        var answer = await rig.DoneAsync(3, rig.Pay(rig.Ada, rig.Bob, 1));
        await rig.SameAsync(answer.Height, 0, 1, 2, 3);
    }

    [Fact]
    public async Task A_record_one_signature_short_restarts_nothing()
    {
        await using var rig = await StoppedAsync();
        var file = await Epochs.ProposeAsync(rig.Setup(0), [], []);
        for (var each = 0; each < 2; each++) (file, _) = await Epochs.SignAsync(rig.Setup(each), file);
        Assert.Contains("3 of them must", (await Assert.ThrowsAsync<InvalidOperationException>(() => Epochs.ApplyAsync(rig.Setup(2), file))).Message, StringComparison.Ordinal);
        var record = file.Record;
        EpochCertificate Signed(params int[] by) => by.Aggregate(new EpochCertificate(record, default), (all, each) => all.With(record.Sign(rig.Validators[each])));
        Assert.True(Signed(0, 1, 2).IsComplete(rig.Genesis.Validators));
        Assert.False(Signed(0, 1).IsComplete(rig.Genesis.Validators));
        var twice = new EpochCertificate(record, new Many<EpochSignature>([.. Signed(0, 1).Signatures, record.Sign(rig.Validators[1])]));
        Assert.False(twice.IsComplete(rig.Genesis.Validators));
        Assert.False((Signed(0, 1, 2) with { Record = record with { Epoch = 5 } }).IsComplete(rig.Genesis.Validators));
        // The ledger itself asks for as many, whoever puts the record into a copy of the order.
        foreach (var (certificate, epoch) in new[] { (Signed(0, 1), 0ul), (twice, 0ul), (Signed(0, 1, 2) with { Record = record with { Epoch = 5 } }, 0ul), (Signed(0, 1, 2), 1ul) })
        {
            var ledger = Ledger.Begin(rig.Genesis, Keten.Contracts.BuiltIn.Catalogue);
            for (var position = 1L; position <= (long)record.Base.LogPosition; position++) ledger.Execute(rig.Order.Find(position)!);
            Assert.Null(ledger.Execute(certificate.ToBytes()));
            Assert.Equal(epoch, ledger.Epoch);
        }
    }

    [Fact]
    public async Task Nobody_restarts_the_order_by_putting_a_record_into_the_shared_log()
    {
        await using var rig = await StoppedAsync();
        var file = await Epochs.ProposeAsync(rig.Setup(0), [], []);
        var certificate = file.Certificate;
        foreach (var key in rig.Validators) certificate = certificate.With(file.Record.Sign(key));
        rig.Order.Append(certificate.ToBytes());
        await rig.OpenAllAsync();
        var answer = await rig.DoneAsync(1, rig.Pay(rig.Ada, rig.Bob, 1));
        Assert.Equal(0ul, (await rig.SameAsync(answer.Height, 0, 1, 2, 3)).Epoch);
    }

    [Fact]
    public async Task Transactions_that_were_set_aside_are_void_and_those_beside_them_are_not()
    {
        await using var rig = await StoppedAsync();
        var (poison, sound) = (rig.Pay(rig.Ada, rig.Bob, 5), rig.Pay(rig.Ada, rig.Bob, 6));
        var file = await Epochs.ProposeAsync(rig.Setup(0), [Transaction.Parse(poison).Id], []);
        await RestartAsync(rig, 1, file: file);
        var answers = await rig[1].SubmitAsync([poison, sound], WaitFor.Final);
        Assert.Equal((AnswerStatus.Rejected, KernelRefusal.SetAside), (answers[0].Status, answers[0].Refusal));
        Assert.Equal(AnswerStatus.Done, answers[1].Status);
    }

    [Fact]
    public async Task A_log_that_shows_another_entry_where_this_node_has_read_one_is_told_in_plain_words()
    {
        await using var rig = await StoppedAsync();
        MemoryStore changed = new();
        Copy(rig.Order, changed, but: 1);
        changed.Append("another"u8.ToArray());
        await rig.OpenAsync(0, new MemoryLog(changed));
        Assert.Contains("is another than the one that this node has read", await FaultAsync(rig[0]), StringComparison.Ordinal);
    }

    private static async Task<NetworkRig> StoppedAsync()
    {
        var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await rig.SameAsync(rig[0].Head!.Header.Height, 0, 1, 2, 3);
        await rig.CloseAllAsync();
        return rig;
    }

    private static async Task<MemoryStore> LostUnderLoadAsync(NetworkRig rig, ConcurrentBag<Hash> final)
    {
        await rig.CloseAllAsync();
        var full = new MemoryStore(60_000);
        Copy(rig.Order, full);
        rig.Order = full;
        await rig.OpenAllAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async each =>
        {
            try
            {
                while (true) final.Add((await rig[each].SubmitAsync([Pay(rig)], WaitFor.Final).WaitAsync(TimeSpan.FromSeconds(2)))[0].Id);
            }
            catch (Exception fault) when (fault is NodeStoppedException or TimeoutException)
            {
                // The log takes no more, or there is no quorum left of those that it has not stopped.
            }
        }));
        Assert.NotEmpty(final);
        await rig.CloseAllAsync();
        return new MemoryStore();

        static byte[] Pay(NetworkRig rig)
        {
            lock (rig) return rig.Pay(rig.Ada, rig.Bob, 1);
        }
    }

    // One command a validator: each signs, and each is given what all have signed.
    private static async Task RestartAsync(NetworkRig rig, ulong epoch, ILog? log = null, EpochFile? file = null)
    {
        var proposer = Enumerable.Range(0, 4).MaxBy(each => Epochs.ProposeAsync(rig.Setup(each), [], []).Result.Record.Base.Height);
        file ??= await Epochs.ProposeAsync(rig.Setup(proposer), [], []);
        Assert.Equal(epoch, file.Record.Epoch);
        var signed = file;
        for (var each = 0; each < 3; each++) signed = signed.With((await Epochs.SignAsync(rig.Setup((proposer + each) % 4), file)).File)!;
        for (var each = 0; each < 4; each++) await Epochs.ApplyAsync(rig.Setup(each), EpochFile.FromBytes(signed.ToBytes()));
        if (log is null) rig.Order = new MemoryStore();
        rig.Register = new MemoryRegister();
        // Who has certified a block does not state it again: the others ask for the certificate.
        for (var each = 0; each < 4; each++) await rig.OpenAsync(each, log, [.. Enumerable.Range(0, 4).Select(peer => (Func<ulong, Certificate?>)(height => rig.Find(peer)?.CertificateOf(height)))]);
    }

    private static async Task EqualAsync(NetworkRig rig, IReadOnlyCollection<Hash> final, ulong epoch)
    {
        var answer = default(Answer);
        for (var each = 0; each < 4; each++) answer = await rig.DoneAsync(each, rig.Pay(rig.Ada, rig.Bob, 1));
        Assert.Equal(epoch, (await rig.SameAsync(answer.Height, 0, 1, 2, 3)).Epoch);
        for (var each = 0; each < 4; each++)
        {
            Assert.Equal(epoch, rig[each].Epoch);
            foreach (var id in final) Assert.NotNull(rig[each].Find(id));
            for (var height = 1ul; height <= answer.Height; height++) Assert.Equal(rig[0].CertificateOf(height)!.Header, rig[each].CertificateOf(height)!.Header);
        }
        // Not only once: the epoch is followed once, and carried on after a restart.
        await rig.CloseAsync(2);
        await rig.OpenAsync(2, rig.LogOf(0));
        await rig.SameAsync((await rig.DoneAsync(2, rig.Pay(rig.Ada, rig.Bob, 1))).Height, 0, 1, 2, 3);
    }

    private static void Copy(MemoryStore from, MemoryStore to, int but = 0)
    {
        for (var position = 1L; position <= from.Range.Last - but; position++) to.Append(from.Find(position)!);
    }

    private static async Task<string> FaultAsync(LedgerNode node)
    {
        await Wait.UntilAsync(() => node.Fault is not null);
        return node.Fault!.Message;
    }
}
