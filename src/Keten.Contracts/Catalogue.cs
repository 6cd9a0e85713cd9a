using Keten.Contracts.Banking;
using Keten.Contracts.Crossings;
using Keten.Contracts.Devices;
using Keten.Contracts.Financing;
using Keten.Contracts.Insurance;
using Keten.Contracts.Machines;
using Keten.Contracts.Metering;
using Keten.Contracts.Mobility;
using Keten.Contracts.Money;
using Keten.Contracts.Parts;
using Keten.Contracts.Tariffs;
using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Contracts;

/// <summary>The contracts that come with Keten, a line each; handed to the node. A consortium hands its own.</summary>
public static class BuiltIn
{
    /// <summary>All of them.</summary>
    public static Catalogue Catalogue { get; } = new(
        EMoney.Contents,
        Measure.Contents,
        Tariff.Contents,
        MeteredUse.Contents,
        StandingMandate.Contents,
        Clearing.Contents,
        TickChannel.Contents,
        Collection.Contents,
        Payouts.Contents,
        Registration.Contents,
        VehicleLife.Contents,
        Recalls.Contents,
        Sale.Contents,
        Parking.Contents,
        RoadToll.Contents,
        Discharge.Contents,
        Sharing.Contents,
        Rides.Contents,
        Features.Contents,
        MachineUse.Contents,
        UsageFeed.Contents,
        Crossing.Contents,
        Loan.Contents,
        Lease.Contents,
        InsuranceTariff.Contents,
        MotorPolicy.Contents,
        MotorClaims.Contents,
        SerialParts.Contents,
        Consignment.Contents,
        Warranty.Contents,
        JustInTime.Contents,
        DeviceRegister.Contents,
        SensorLog.Contents);
}
