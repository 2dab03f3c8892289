using System.Security.Cryptography;

namespace Executor.Core.Secrets.Documents;

/// <summary>
/// Opens documents, whatever layers of CMS and JWE they are made of. Threads may share it. Neither the key nor the signers
/// are its own.
/// </summary>
/// <param name="key">Null where there is none: then only what is not encrypted opens.</param>
/// <param name="signers">Who may sign. Where given, a document has to be signed; where null, a signature only has to be right.</param>
public sealed class DocumentOpener(DocumentKey? key, DocumentSigners? signers, TimeProvider time)
{
    /// <summary>Of a document in bytes. No layer is larger inside than outside, as nothing is compressed.</summary>
    public const int Limit = 1024 * 1024;

    private const int MostLayers = 4;

    /// <summary>Whether it has no layer at all, and takes no key.</summary>
    /// <exception cref="DocumentException">It looks like one, and is damaged.</exception>
    public static bool IsPlain(ReadOnlyMemory<byte> document)
    {
        using var form = DocumentForm.Recognise(document, outermost: true);
        return form.Kind == DocumentKind.Plain;
    }

    /// <returns>What is in the innermost layer, for the caller to clear; a copy of the document where it has none.</returns>
    /// <exception cref="DocumentException">It does not open.</exception>
    public byte[] Open(ReadOnlyMemory<byte> document) => Unwrap(document, DocumentForm.Recognise);

    /// <summary>Opens what has to be one layer of a kind, and within it only what cannot be a text.</summary>
    internal byte[] OpenValue(DocumentForm value) =>
        Unwrap(value.Content, (bytes, outermost) => outermost ? value : DocumentForm.RecogniseBinary(bytes));

    private byte[] Unwrap(ReadOnlyMemory<byte> document, Func<ReadOnlyMemory<byte>, bool, DocumentForm> recognise)
    {
        if (document.Length > Limit)
            throw new DocumentException($"the document has {document.Length} bytes: accepted are at most {Limit}");
        byte[]? opened = null;
        try
        {
            var signed = false;
            for (var layers = 0; ; layers++)
            {
                using var form = recognise(opened ?? document, layers == 0);
                if (form.Kind == DocumentKind.Plain) break;
                if (layers == MostLayers) throw new DocumentException($"the document has more than {MostLayers} layers");
                var inner = OpenLayer(form, ref signed);
                CryptographicOperations.ZeroMemory(opened);
                opened = inner;
            }

            if (signers is not null && !signed) throw new DocumentException("the document is not signed: accepted is one that a trusted signer has signed");
            return opened ?? document.ToArray();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            CryptographicOperations.ZeroMemory(opened);
            if (e is DocumentException) throw;

            // Parsers that are not ours read bytes from anywhere, and do not document all that they throw.
            throw new DocumentException("the document is damaged or cut off");
        }
    }

    private byte[] OpenLayer(DocumentForm form, ref bool signed)
    {
        if (form.Kind == DocumentKind.CompactJwe) return Jwe.Open(JweDocument.ParseCompact(form.Content.Span), key);
        if (form.Kind == DocumentKind.JsonJwe) return Jwe.Open(JweDocument.ParseJson(form.Content), key);
        switch (CmsContent.TypeOf(form.Content))
        {
            case CmsOids.EnvelopedData:
                return CmsEnvelope.Open(form.Content.Span, key);
            case CmsOids.SignedData:
                signed = true;
                return CmsSignature.Open(form.Content.Span, signers, time.GetUtcNow());
            case var type:
                throw new DocumentException($"the CMS document holds {CmsOids.Name(type)}: accepted are enveloped data and signed data");
        }
    }
}
