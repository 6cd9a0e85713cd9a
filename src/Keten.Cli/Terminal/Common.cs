using System.CommandLine;
using Keten.Client;
using Keten.Kernel;

namespace Keten.Cli.Terminals;

/// <summary>Options and words that several commands share. An option is made anew for each command, and read by its name.</summary>
internal static class Common
{
    private const string KeysName = "--keys";
    private const string PasswordName = "--password-file";

    /// <summary>Adds where keys are kept.</summary>
    public static Command WithKeyFolder(this Command command)
    {
        command.Add(new Option<string>(KeysName)
        {
            Description = "The folder of key files. Also KETEN_KEYS; by default ~/.keten/keys.", HelpName = "DIR",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("KETEN_KEYS")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".keten", "keys"),
        });
        return command;
    }

    /// <summary>Adds from where the password of key files comes.</summary>
    public static Command WithPassword(this Command command)
    {
        command.Add(new Option<FileInfo?>(PasswordName)
        {
            Description = "A file whose first line is the password of the key file. Also KETEN_PASSWORD; otherwise it is asked for.", HelpName = "FILE",
        });
        return command;
    }

    public static KeyFolder KeyFolder(this ParseResult parse) => new(parse.GetRequiredValue<string>(KeysName));

    /// <summary>The password: from the named file, the environment, or the person at the terminal.</summary>
    public static string Password(this ParseResult parse, bool isNew = false)
    {
        if (parse.GetValue<FileInfo?>(PasswordName) is { } file)
        {
            using var reader = file.OpenText();
            return reader.ReadLine() is { Length: > 0 } line ? line : throw ExitException.Usage("The password file is empty.");
        }
        if (Environment.GetEnvironmentVariable("KETEN_PASSWORD") is { Length: > 0 } word) return word;
        if (Console.IsInputRedirected) throw ExitException.Usage("The key file wants a password: --password-file FILE, or KETEN_PASSWORD.");
        var typed = Ask("Password of the key file: ");
        if (isNew && Ask("Once more: ") != typed) throw ExitException.Usage("The two passwords differ.");
        return typed.Length > 0 ? typed : throw ExitException.Usage("A key file wants a password.");
    }

    /// <summary>A public key: 128 hexadecimal digits, or the name of a key in the folder.</summary>
    public static PublicKey PublicKeyOf(KeyFolder folder, string text) => PublicKey.TryParse(text, out var key) ? key : folder.Show(text).Public;

    /// <summary>A party: 40 hexadecimal digits, or the name of its first key in the folder.</summary>
    public static Party PartyOf(KeyFolder folder, string text) => Party.TryParse(text, out var party) ? party : folder.Show(text).Party;

    private static string Ask(string question)
    {
        Console.Error.Write(question);
        var typed = new System.Text.StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } pressed)
        {
            if (pressed.Key == ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(pressed.KeyChar)) typed.Append(pressed.KeyChar);
        }
        Console.Error.WriteLine();
        return typed.ToString();
    }
}
