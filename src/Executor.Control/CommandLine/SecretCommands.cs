using System.CommandLine;
using Executor.Core.Secrets.Documents;

namespace Executor.Control.CommandLine;

/// <summary>The syntax of <c>executorctl encrypt</c>, <c>decrypt</c> and <c>show-config</c>.</summary>
internal static class SecretCommands
{
    private const string InputHelp = "a file; without it, or with -, stdin";

    /// <param name="run">Runs what was asked and returns the exit code.</param>
    public static IEnumerable<Command> Build(Func<SecretOptions, Task<int>> run) => [Encrypt(run), Decrypt(run), ShowConfig(run)];

    private static Command Encrypt(Func<SecretOptions, Task<int>> run)
    {
        var input = Input();
        var recipients = new Option<string[]>("--for")
        {
            HelpName = "CERT.pem",
            Description = "the certificate of who is to open it; repeatable for a document",
            Required = true,
            Arity = ArgumentArity.OneOrMore,
        };
        var format = Options.Typed<DocumentFormat?>("--as", "FORMAT", "cms or jwe (default: cms for RSA, jwe for EC)", result => Options.Value(result) switch
        {
            "cms" => DocumentFormat.Cms,
            "jwe" => DocumentFormat.Jwe,
            _ => Options.Refuse<DocumentFormat?>(result, "--as", "cms, jwe"),
        });
        var document = new Option<bool>("--document") { Description = "the input is a whole configuration, a flat JSON object, and not one value" };
        var signer = Options.Path("--signer", "CERT.pem", "sign the document with this certificate");
        var signerKey = Options.Path("--signer-key", "KEY.pem", "its key (default: in the same file)");
        var command = new Command("encrypt", "Make an ENC[...] value, or an encrypted configuration, that only the owner of a certificate can open.")
        {
            input, recipients, format, document, signer, signerKey,
        };
        command.SetAction((parsed, _) => run(new EncryptOptions(
            parsed.GetValue(input), parsed.GetRequiredValue(recipients), parsed.GetValue(format), parsed.GetValue(document),
            parsed.GetValue(signer), parsed.GetValue(signerKey))));
        return command;
    }

    private static Command Decrypt(Func<SecretOptions, Task<int>> run)
    {
        var input = Input();
        var key = Options.Path("--key", "KEY.pem", "the private key");
        key.Required = true;
        var certificate = Options.Path("--certificate", "CERT.pem", "its certificate (default: in the same file)");
        var signers = Options.Path("--signers", "BUNDLE.pem", "accept only a document that one of these has signed");
        var command = new Command("decrypt", "Open an encrypted configuration, or a text with ENC[...] values.") { input, key, certificate, signers };
        command.SetAction((parsed, _) => run(new DecryptOptions(
            parsed.GetValue(input), parsed.GetRequiredValue(key)!, parsed.GetValue(certificate), parsed.GetValue(signers))));
        return command;
    }

    private static Command ShowConfig(Func<SecretOptions, Task<int>> run)
    {
        var app = new Argument<string>("APP.json") { Description = "a Marathon app definition" };
        var certificate = Options.Path("--certificate", "CERT.pem", "the app's certificate (default: CERTIFICATE of the environment)");
        var key = Options.Path("--key", "KEY.pem", "its key (default: in the same file, or CERTIFICATE_KEY)");
        var env = Options.Pairs("--env", "a variable or a setting, over the file's; repeatable");
        var labels = Options.Pairs("--label", "a label, over the file's; repeatable");
        var reveal = new Option<bool>("--reveal") { Description = "show the values, and not only the names" };
        var command = new Command("show-config", "Show what an app would get from its configuration's store, as the settings of this environment say.")
        {
            app, certificate, key, env, labels, reveal,
        };
        command.SetAction((parsed, _) => run(new ShowConfigOptions
        {
            App = parsed.GetRequiredValue(app),
            Certificate = parsed.GetValue(certificate),
            Key = parsed.GetValue(key),
            Env = parsed.GetValue(env) ?? [],
            Labels = parsed.GetValue(labels) ?? [],
            Reveal = parsed.GetValue(reveal),
        }));
        return command;
    }

    private static Argument<string?> Input() => new("INPUT") { Description = InputHelp, Arity = ArgumentArity.ZeroOrOne };
}
