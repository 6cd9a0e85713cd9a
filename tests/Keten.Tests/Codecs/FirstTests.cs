namespace Keten.Tests.Codecs;
public class FirstTests { [Fact] public void Names() => Assert.Equal("Sample.Charge", Samples.Codecs.Sample.Charge.Name); }
