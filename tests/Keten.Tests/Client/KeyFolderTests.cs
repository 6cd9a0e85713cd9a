using Keten.Client;
using Keten.Kernel;

namespace Keten.Tests.Clients;

public sealed class KeyFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private KeyFolder Keys => new(folder["keys"]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_key_is_kept_encrypted_for_its_owner_alone_and_opens_with_its_password()
    {
        using var made = Keys.Create("ada", "open sesame");
        var text = File.ReadAllText(folder["keys/ada.pem"]);
        Assert.Contains("BEGIN PUBLIC KEY", text, StringComparison.Ordinal);
        Assert.Contains("BEGIN ENCRYPTED PRIVATE KEY", text, StringComparison.Ordinal);
        Assert.DoesNotContain("BEGIN PRIVATE KEY", text, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["keys/ada.pem"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["keys"]));

        using var opened = Keys.Open("ada", "open sesame");
        Assert.Equal(made.Public, opened.Public);
        var digest = new byte[32];
        Assert.True(Es256.Verify(digest, opened.Sign(digest), made.Public));
    }

    [Fact]
    public void Another_password_does_not_open_a_key()
    {
        Keys.Create("ada", "right").Dispose();
        var fault = Assert.Throws<KeyFileException>(() => Keys.Open("ada", "wrong"));
        Assert.Contains("password", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_file_wants_a_password() => Assert.Throws<KeyFileException>(() => Keys.Create("ada", ""));

    [Fact]
    public void A_key_is_never_overwritten()
    {
        Keys.Create("ada", "one").Dispose();
        Assert.Throws<KeyFileException>(() => Keys.Create("ada", "two"));
        Keys.Open("ada", "one").Dispose();
    }

    [Fact]
    public void A_key_file_that_others_can_read_is_refused()
    {
        Keys.Create("ada", "one").Dispose();
        File.SetUnixFileMode(folder["keys/ada.pem"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", Assert.Throws<KeyFileException>(() => Keys.Open("ada", "one")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_public_key_that_is_not_the_private_keys_own_is_noticed()
    {
        Keys.Create("ada", "one").Dispose();
        Keys.Create("bob", "one").Dispose();
        var (ada, bob) = (File.ReadAllText(folder["keys/ada.pem"]), File.ReadAllText(folder["keys/bob.pem"]));
        var at = ada.IndexOf("-----BEGIN ENCRYPTED", StringComparison.Ordinal);
        File.WriteAllText(folder["keys/ada.pem"], bob[..bob.IndexOf("-----BEGIN ENCRYPTED", StringComparison.Ordinal)] + ada[at..]);
        Assert.Throws<KeyFileException>(() => Keys.Open("ada", "one"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../ada")]
    [InlineData("a b")]
    [InlineData("a/b")]
    public void A_name_is_plain(string name) => Assert.Throws<KeyFileException>(() => Keys.Show(name));

    [Fact]
    public void Keys_are_listed_by_name_without_a_password()
    {
        Assert.Empty(Keys.List());
        Keys.Create("bob", "one").Dispose();
        Keys.Create("ada", "two").Dispose();
        Assert.Equal(["ada", "bob"], Keys.List().Select(key => key.Name));
        Assert.Equal(Party.Of(Keys.Show("ada").Id), Keys.Show("ada").Party);
    }

    [Fact]
    public void A_file_that_is_no_key_is_named()
    {
        Keys.Create("ada", "one").Dispose();
        File.WriteAllText(folder["keys/ada.pem"], "nothing of the kind");
        Assert.Contains("ada", Assert.Throws<KeyFileException>(() => Keys.Show("ada")).Message, StringComparison.Ordinal);
    }
}
