using Keten.Contracts;
using Keten.Contracts.Devices;
using Keten.Contracts.Machines;
using Keten.Contracts.Metering;
using Keten.Kernel;

namespace Keten.Doors;

/// <summary>What the ledger's refusals mean to the doors.</summary>
internal static class Refusals
{
    /// <summary>Whether it says that the same has been done already.</summary>
    public static bool IsAlready(uint number) =>
        Is(number, MeteredUse.ChargedAlready) || Is(number, MachineUse.CountedAlready) || Is(number, SensorLog.TakenAlready) || Is(number, DeviceRegister.NotAVersion);

    /// <summary>Whether nothing was decided: a transaction that has expired, or whose counter was used, is made anew.</summary>
    public static bool MakesAnew(uint number) => number == KernelRefusal.Expired.Number || number == KernelRefusal.Replayed.Number || number == KernelRefusal.SetAside.Number;

    /// <summary>Why something is kept apart that the ledger refused.</summary>
    public static ApartReason ReasonOf(uint number) =>
        IsAlready(number) ? ApartReason.Doubled
        : Is(number, DeviceRegister.NotADevice) ? ApartReason.UnknownDevice
        : Is(number, DeviceRegister.IsRevoked) ? ApartReason.Revoked
        : Is(number, DeviceRegister.NotInForce) ? ApartReason.NotCalibrated
        : Is(number, MachineUse.OlderThanLast) || Is(number, MachineUse.RunsBack) || Is(number, SensorLog.OlderThanLast) || Is(number, MeteredUse.RunsBack) ? ApartReason.OutOfOrder
        : number == KernelRefusal.BadReference.Number ? ApartReason.BadSignature
        : ApartReason.Refused;

    /// <summary>The refusal's sentence.</summary>
    public static string SentenceOf(uint number) => Client.RefusalText.Sentence(BuiltIn.Catalogue, number);

    private static bool Is<T>(uint number, Refusal<T> refusal) where T : class
    {
        foreach (var contract in BuiltIn.Catalogue.Contracts)
            if (contract is Contract<T>) return number == ((uint)contract.Code << 16 | refusal.Number);
        return false;
    }
}
