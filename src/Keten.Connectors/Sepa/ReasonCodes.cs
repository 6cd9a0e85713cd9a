using System.Collections.Frozen;
using Keten.Contracts.Banking;

namespace Keten.Connectors.Sepa;

/// <summary>Why a payment was not carried out, or came back: the codes that the SEPA rulebooks use of ISO 20022's external status and return reasons (EPC016-06, EPC222-07, EPC125-05; EPC173-14).</summary>
public static class ReasonCodes
{
    /// <summary>Where the bank gives no code: reason not specified, by the bank.</summary>
    public const string NotSpecified = "MS03";

    private static readonly FrozenDictionary<string, string> All = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AC01"] = "account number is wrong", ["AC04"] = "account closed", ["AC06"] = "account blocked", ["AC13"] = "the debtor's account is a consumer's", ["AG01"] = "direct debit forbidden on this account",
        ["AG02"] = "wrong bank operation code", ["AGNT"] = "wrong bank", ["AM04"] = "not enough funds", ["AM05"] = "duplicate", ["AM09"] = "wrong amount", ["BE04"] = "creditor's address missing",
        ["BE05"] = "creditor's identifier unknown", ["CNOR"] = "creditor's bank not registered", ["CURR"] = "wrong currency", ["CUST"] = "at the customer's request", ["DNOR"] = "debtor's bank not registered",
        ["DT01"] = "wrong date", ["DUPL"] = "sent twice", ["ED05"] = "settlement failed", ["FF01"] = "wrong file format", ["FF05"] = "wrong kind of direct debit", ["FOCR"] = "after a cancellation request",
        ["FRAD"] = "fraud", ["MD01"] = "no mandate", ["MD02"] = "the mandate's data are missing or wrong", ["MD06"] = "claimed back by the debtor", ["MD07"] = "the debtor has died",
        ["MS02"] = "reason not given, by the customer", ["MS03"] = "reason not given, by the bank", ["NARR"] = "told in words", ["RC01"] = "wrong bank identifier", ["RF01"] = "the reference is not unique",
        ["RR01"] = "law: debtor's account or identification missing", ["RR02"] = "law: debtor's name or address missing", ["RR03"] = "law: creditor's name or address missing", ["RR04"] = "for reasons of law",
        ["SL01"] = "a service that the debtor's bank offers", ["SL11"] = "creditor not on the debtor's white list", ["SL12"] = "creditor on the debtor's black list",
        ["SL13"] = "more debits than the debtor allows", ["SL14"] = "more than the debtor allows", ["TECH"] = "sent by a technical error", ["TM01"] = "after the cut-off time",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a code means; null for one that the schemes do not use.</summary>
    public static string? Words(string code) => All.GetValueOrDefault(code);

    /// <summary>A reason as the ledger takes it: the code, or <see cref="NotSpecified"/> where there is none that can be written.</summary>
    public static string Of(string? code) => code is not null && SepaIdentifiers.IsReference(code) ? code : NotSpecified;

    /// <summary>What stopped a debit before it was settled.</summary>
    public static Undoing Before(string reason) => reason switch
    {
        "DUPL" or "TECH" or "FRAD" or "CUST" or "FOCR" => Undoing.Cancellation,
        "MS02" or "SL01" or "SL11" or "SL12" or "SL13" or "SL14" => Undoing.Refusal,
        _ => Undoing.Reject,
    };

    /// <summary>What undid a debit that was settled.</summary>
    /// <param name="reason">The code.</param>
    /// <param name="entryCode">The entry's bank transaction code: PRDD tells the creditor's own reversal.</param>
    /// <param name="scheme">Between companies nothing authorised is refunded: what comes back is a return.</param>
    public static Undoing After(string reason, string entryCode, Scheme scheme) =>
        reason is "DUPL" or "TECH" or "FRAD" or "CUST" or "FOCR" || entryCode.EndsWith("/PRDD", StringComparison.Ordinal) ? Undoing.Reversal
        : reason is "MD01" or "MD06" && scheme == Scheme.Core ? Undoing.Refund
        : Undoing.Return;
}
