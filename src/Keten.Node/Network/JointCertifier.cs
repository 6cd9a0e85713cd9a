using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Joining;
using Keten.Node.Pipeline;
using Keten.Node.Storage;

namespace Keten.Node.Network;

/// <summary>
/// Echo, then attest: states in the register what was read from the log, attests a header once a quorum of validators read the same, and gathers a quorum of attestations. What the log or
/// a third of the validators do wrong holds it up, and makes it certify nothing that another honest node would not. Where the others went on long ago, their certificate is enough.
/// Who counts is whom each header names; where this node's key is not among them it states nothing, and waits for theirs.
/// </summary>
internal sealed class JointCertifier(NodeParts node, Signer? validator, SharedOrder shared, PromiseFile? promises, Watch watch) : Certifier
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(400), Longest = TimeSpan.FromSeconds(3), Pause = TimeSpan.FromMilliseconds(500);

    // What is waited for takes others a few ways to the register and back, and they wait for others in turn.
    private const int WaysOfSilence = 16;
    private readonly StatementBoard board = new(shared.Register, node.Failure, (long)(node.Archive.Head?.Header.Height ?? 0));
    private readonly SortedDictionary<ulong, (Header Header, Standing Standing)> stated = [];
    private bool behind, missed = true;
    // How long it last took to state something: over long lines everything takes longer, and to ask each time would make it longer still.
    private TimeSpan way;

    // Where nobody has said for so long what is waited for, it may have been missed, or something is wrong; however much is said of other blocks.
    private TimeSpan Silence => TimeSpan.FromTicks(Math.Clamp(WaysOfSilence * way.Ticks, Shortest.Ticks, Longest.Ticks));

    public override Task RunAsync() => board.RunAsync();

    public override async ValueTask<Certificate[]> CertifyAsync(IReadOnlyList<Block> blocks)
    {
        var certificates = new Certificate?[blocks.Count];
        // An observer has nothing to say.
        if (validator is not null && promises is not null && blocks.Any(block => IsOurs(block, validator)) && await KnowsPromises(blocks, certificates, validator, promises))
            await State(blocks, certificates, validator, promises);
        for (var each = 0; each < certificates.Length; each++) watch.Certified(certificates[each] ??= await Certificate(blocks[each].Header, blocks[each].Validators));
        watch.Pulse.Done();
        board.ForgetUpTo((long)blocks[^1].Header.Height);
        stated.Clear();
        return certificates!;
    }

    // A validator that was restored does not know what it attested after its backup: until others have told, it takes their certificates and says nothing.
    private async Task<bool> KnowsPromises(IReadOnlyList<Block> blocks, Certificate?[] certificates, Signer validator, PromiseFile promises)
    {
        if (!promises.IsRestored) return true;
        if (promises.Floor < blocks[0].Header.Height) promises.Settle();
        while (promises.Floor is null && !await new LostPromises(node, shared, validator).LearnAsync(promises))
        {
            var lacking = 0;
            for (var each = 0; each < certificates.Length; each++)
                if ((certificates[each] ??= await FromOthers(blocks[each].Header, blocks[each].Validators)) is null) lacking++;
            if (lacking == 0) return false;
            await Task.Delay(Pause, node.Clock, node.Failure.Stop);
        }
        return true;
    }

    private async Task State(IReadOnlyList<Block> blocks, Certificate?[] certificates, Signer validator, PromiseFile promises)
    {
        var echoes = new Echo[blocks.Count];
        var said = new List<(Header, Standing)>();
        for (var each = 0; each < echoes.Length; each++)
        {
            if (!IsOurs(blocks[each], validator)) continue;
            var header = blocks[each].Header;
            echoes[each] = Echo.Sign(validator, header.LedgerId, header.Epoch, header.LogPosition, header.LogHash);
            if (certificates[each] is not null) continue;
            // A promise that was made before a restart is stated again: the register may have lost it, and others may wait for it.
            var promise = promises.Of(header);
            if (promise != Promise.Forgotten) said.Add((header, new Standing(echoes[each], promise == Promise.This ? Attestation.Sign(validator, header) : null, header)));
        }
        await Publish(validator, said);
        // As soon as one can be attested, it is: whoever waits with an attestation for a later header's echoes may be what those who would give them wait for.
        var read = blocks.Select(_ => new SortedDictionary<KeyId, Standing>()).ToArray();
        for (var each = 0; each < echoes.Length; each++)
        {
            if (!IsToAttest(each)) continue;
            var (header, validators) = (blocks[each].Header, blocks[each].Validators);
            if ((certificates[each] = await Gather(header, validators, standing => IsEcho(header, validators, standing), read[each])) is not null) continue;
            // What a quorum has read by then goes with it, in one flush and one request.
            var together = 1;
            while (each + together < echoes.Length && IsToAttest(each + together) && IsRead(each + together)) together++;
            await Attest(validator, promises, blocks.Skip(each).Take(together).Select((block, place) => (block.Header, echoes[each + place])).ToArray());
        }

        bool IsToAttest(int each) => certificates[each] is null && IsOurs(blocks[each], validator) && promises.Of(blocks[each].Header) == Promise.None;

        bool IsRead(int each)
        {
            var (header, validators) = (blocks[each].Header, blocks[each].Validators);
            return Look(header, validators, board.Of((long)header.Height), standing => IsEcho(header, validators, standing), read[each]);
        }
    }

    private Task Attest(Signer validator, PromiseFile promises, (Header Header, Echo Echo)[] some)
    {
        promises.Keep(Array.ConvertAll(some, one => one.Header));
        return Publish(validator, Array.ConvertAll(some, one => (one.Header, new Standing(one.Echo, Attestation.Sign(validator, one.Header), one.Header))));
    }

    // In an epoch that this node has not come into yet it says nothing: it is opened again first, and gives up what it promised in an earlier one.
    private bool IsOurs(Block block, Signer validator) => block.Header.Epoch <= node.Epoch.Number && block.Validators.Find(validator.Id) is not null;

    private async Task<Certificate> Certificate(Header header, ValidatorSet validators)
    {
        var attested = new SortedDictionary<KeyId, Standing>();
        return await Gather(header, validators, standing => IsAttested(header, validators, standing), attested, certifies: true) ?? Of(header, attested);
    }

    private async Task<Certificate?> FromOthers(Header header, ValidatorSet validators)
    {
        var attested = new SortedDictionary<KeyId, Standing>();
        return Look(header, validators, await board.AskAsync((long)header.Height), standing => IsAttested(header, validators, standing), attested) ? Of(header, attested) : await FromPeers(header, validators);
    }

    private static Certificate Of(Header header, SortedDictionary<KeyId, Standing> attested) =>
        new(header, new Many<Attestation>([.. attested.Values.Select(standing => standing.Attestation!.Value)]));

    private bool IsAttested(Header header, ValidatorSet validators, Standing standing)
    {
        if (standing.Attestation is not { } one || !one.Verify(header, validators.Find(one.Validator)!.Value, node.Keys)) return false;
        node.Spoken[one.Validator] = new Spoken(header, one);
        return true;
    }

    private bool IsEcho(Header header, ValidatorSet validators, Standing standing) =>
        standing.Echo.Position == header.LogPosition && standing.Echo.LogHash == header.LogHash
        && standing.Echo.Verify(header.LedgerId, header.Epoch, validators.Find(standing.Echo.Validator)!.Value, node.Keys);

    // By rising height.
    private async Task Publish(Signer validator, IReadOnlyList<(Header Header, Standing Standing)> some)
    {
        foreach (var (header, standing) in some) stated[header.Height] = (header, standing);
        foreach (var chunk in some.Chunk(RegisterLimits.AtOnce))
        {
            var began = node.Clock.GetTimestamp();
            await shared.Register.PublishAsync(validator.Id.ToString(), Array.ConvertAll(chunk, one => new Stated((long)one.Header.Height, one.Standing.ToBytes())), node.Failure.Stop);
            way = node.Clock.GetElapsedTime(began);
        }
    }

    // The register may have forgotten what was stated, and each waits for the others: all that is not certified yet is stated again.
    private Task StateAgain() => validator is null ? Task.CompletedTask : Publish(validator, [.. stated.Values]);

    // Gathers the statements of a quorum of validators that pass, each validator's once; or gives the certificate that other nodes have, where the statements do not come.
    private async Task<Certificate?> Gather(Header header, ValidatorSet validators, Func<Standing, bool> passes, SortedDictionary<KeyId, Standing> passed, bool certifies = false)
    {
        watch.Pulse.Waits(header, validators, certifies, () => Said(header, validators, passes));
        var late = 0;
        // By the node's own clock, and a change like any other: nobody leaves the scheduler that the node runs under.
        await using var silence = node.Clock.CreateTimer(_ =>
        {
            Volatile.Write(ref late, 1);
            board.Wake();
        }, null, Silence, Silence);
        await using var stopped = node.Failure.Stop.UnsafeRegister(static board => ((StatementBoard)board!).Wake(), board);
        // As long as what is waited for comes in by itself, nothing is asked for.
        for (var (ask, silent) = (missed, false); ; ask = silent)
        {
            var (next, before) = (board.Next, passed.Count);
            if ((behind || silent) && await FromPeers(header, validators) is { } known) return known;
            if (silent) await StateAgain();
            if (Look(header, validators, ask ? await board.AskAsync((long)header.Height) : board.Of((long)header.Height), passes, passed))
            {
                // What an asking at once has found may have come by itself meanwhile: the next time it is waited for.
                (behind, missed) = (false, silent);
                return null;
            }
            if (passed.Count > before) silence.Change(Silence, Silence);
            await next;
            node.Failure.Stop.ThrowIfCancellationRequested();
            silent = Interlocked.Exchange(ref late, 0) == 1;
        }
    }

    // For whoever asks what is stuck: whose statements of a height are such as are waited for.
    private HashSet<KeyId> Said(Header header, ValidatorSet validators, Func<Standing, bool> passes)
    {
        var said = new HashSet<KeyId>();
        foreach (var statement in board.Of((long)header.Height))
            if (Standing.Read(statement.Validator, statement.Bytes.Span) is { } standing && validators.Find(standing.Echo.Validator) is not null && passes(standing)) said.Add(standing.Echo.Validator);
        return said;
    }

    // Whether as many statements have passed as make a certificate.
    private bool Look(Header header, ValidatorSet validators, IReadOnlyList<Statement> stated, Func<Standing, bool> passes, SortedDictionary<KeyId, Standing> passed)
    {
        foreach (var statement in stated)
        {
            if (Standing.Read(statement.Validator, statement.Bytes.Span) is not { } standing) continue;
            watch.Stated(header, standing);
            var id = standing.Echo.Validator;
            if (validators.Find(id) is null || passed.ContainsKey(id) || !passes(standing)) continue;
            passed.Add(id, standing);
            if (passed.Count >= validators.Quorum) return true;
        }
        return false;
    }

    // Whoever has gone on without this node has gone on for more than a block: the next one's certificate is asked for at once.
    private async Task<Certificate?> FromPeers(Header header, ValidatorSet validators)
    {
        await foreach (var known in shared.CertificatesOf(header.Height, node.Failure.Stop))
        {
            if (known.Header.Height != header.Height || known.Header.LedgerId != header.LedgerId || !known.Verify(validators, node.Keys)) continue;
            if (known.Header.Epoch > header.Epoch)
                throw new NodeStoppedException($"The validators have certified block {header.Height} in epoch {known.Header.Epoch}, and this node is in epoch {header.Epoch}. Have one of them give you the record: keten epoch apply FILE.");
            if (known.Header != header) throw new DivergedException(header.Height, "has another header than the one that the validators certified");
            behind = true;
            return known;
        }
        behind = false;
        return null;
    }
}
