using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Hosting;
using Keten.Node.Pipeline;
using Keten.Node.Rendering;
using Keten.Node.Storage;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>How a node stands, for all: nothing in it is a secret of anybody. What a fault of the machine says (paths, addresses) is in the node's log alone.</summary>
internal static class ConditionJson
{
    public static IResult Of(LedgerNode node, HostState state, TimeProvider clock)
    {
        var now = node.Condition();
        return Answers.Json(new JsonObject
        {
            ["ledger"] = node.LedgerId.ToString(), ["clockMs"] = clock.GetUtcNow().ToUnixTimeMilliseconds(), ["ledgerTime"] = Show.Time(now.LedgerTime), ["epoch"] = node.Epoch,
            ["height"] = now.Head?.Height ?? 0, ["heightSeconds"] = Seconds(now.HeadFor), ["executed"] = now.Executed, ["promised"] = now.Promised,
            ["fault"] = node.Fault is { } fault ? FaultOf(fault) : null,
            ["key"] = now.Key is { } key ? new JsonObject { ["id"] = key.ToString(), ["name"] = now.Validators.ById(key)?.Name, ["muted"] = now.IsMuted } : null,
            ["quorum"] = now.Validators.Quorum,
            ["validators"] = Show.List(now.Validators.All.ToArray(), one => new JsonObject { ["id"] = one.Key.Id.ToString(), ["name"] = one.Name, ["newest"] = now.NewestStatements.GetValueOrDefault(one.Key.Id) }),
            ["missing"] = now.Missing is { } missing ? MissingOf(missing) : null,
            ["orderSilentSeconds"] = now.OrderSilent is { } silent ? Seconds(silent) : null,
            ["oldestAcceptedSeconds"] = Seconds(now.OldestAccepted),
            ["misbehaviour"] = node.Misbehaviour.Count,
            ["views"] = state.Views?.Invoke() is { } views ? new JsonObject { ["height"] = views.Height, ["failing"] = views.Failing } : null,
            ["certificate"] = state.Certificate?.Invoke() is { } certificate ? new JsonObject { ["until"] = Show.Time(new Instant(certificate.Until.ToUnixTimeSeconds())), ["failing"] = certificate.Failing } : null,
            ["lacks"] = now.Lacks is { } lacks ? new JsonObject { ["catalogue"] = lacks.Catalogue.ToString(), ["height"] = lacks.Height } : null,
        });
    }

    private static JsonObject MissingOf(MissingSignatures missing) => new()
    {
        ["height"] = missing.Height, ["seconds"] = Seconds(missing.For), ["quorum"] = missing.Quorum, ["attestations"] = missing.Attestations,
        ["validators"] = Show.List(missing.Validators, one => JsonValue.Create(one.Name)),
    };

    private static JsonObject FaultOf(Exception fault)
    {
        for (var inner = fault; inner is not null; inner = inner.InnerException)
        {
            if (inner is DivergedException diverged) return Fault("diverged", diverged.Message, diverged.Height);
            if (inner is CatalogueMissingException missing) return Fault("catalogue", missing.Message, missing.Height);
            if (inner is LogRolledBackException or LogPrunedException or LogCorruptException) return Fault("order", inner is LogRolledBackException ? inner.Message : fault.Message);
        }
        return Fault("other", fault.InnerException is null ? fault.Message : null);
    }

    private static JsonObject Fault(string kind, string? why, ulong? height = null) => new() { ["kind"] = kind, ["why"] = why, ["height"] = height };

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 1);
}
