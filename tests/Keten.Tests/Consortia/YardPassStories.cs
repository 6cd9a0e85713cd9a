using Consortium;
using Keten.Kernel;
using Keten.Testing;

namespace Keten.Tests.Consortia;

public sealed class YardPassStories : ContractTests<YardPass>
{
    private static readonly Actor Yard = new("Yard"), Haulier = new("Haulier");
    private static readonly Hash First = Hash.Of("first"u8), Second = Hash.Of("second"u8);

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Fact]
    public void Any_sequence_of_calls_keeps_the_rules() => CheckAnySequence(1, steps: 100);

    [Fact]
    public void A_pass_is_used_up() => Opened()
        .When(new YardPass.Enter(First), signedBy: [Yard]).ThenEmitted(new YardPass.Entered(First, 1)).ThenState(new YardPass(Yard, Haulier, 1))
        .When(new YardPass.Enter(Second), signedBy: [Yard])
        .When(new YardPass.Enter(Second), signedBy: [Yard]).ThenRefused(YardPass.UsedUp);

    [Fact]
    public void Only_the_haulier_gives_it_back() => Opened()
        .When(new YardPass.GiveBack(), signedBy: [Yard]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new YardPass.GiveBack(), signedBy: [Haulier]).ThenEnded();

    [Fact]
    public void A_pass_is_for_one_passage_at_least() => Open(NewWorld(), new YardPass.Agree(Yard, Haulier, 0), [Yard, Haulier]).ThenRefused(YardPass.NoPassage);

    protected override World NewWorld() => new(new Catalogue(YardPass.Contents), Yard, Haulier);

    protected override Story<YardPass> Opened() => Open(NewWorld(), new YardPass.Agree(Yard, Haulier, 2), [Yard, Haulier]);
}
