using System.Formats.Asn1;

namespace Executor.Core.Secrets.Documents;

/// <summary>The outermost structure of CMS, ContentInfo (RFC 5652, 3).</summary>
internal static class CmsContent
{
    /// <summary>Says what is in it, and that nothing is behind it: the decoders of the platform pass over what follows.</summary>
    public static string TypeOf(ReadOnlyMemory<byte> document)
    {
        try
        {
            AsnDecoder.ReadEncodedValue(document.Span, AsnEncodingRules.BER, out _, out _, out var length);
            if (length != document.Length)
                throw new DocumentException($"there are {document.Length - length} bytes behind the end of the CMS document");
            return new AsnReader(document, AsnEncodingRules.BER).ReadSequence().ReadObjectIdentifier();
        }
        catch (AsnContentException)
        {
            throw Malformed();
        }
    }

    /// <summary>A content of another type than data lacks its ContentInfo: puts it around.</summary>
    public static byte[] Wrap(string type, ReadOnlySpan<byte> content)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        try
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(type);
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0))) writer.WriteEncodedValue(content);
            }

            return writer.Encode();
        }
        catch (ArgumentException)
        {
            throw Malformed(); // the content is no ASN.1
        }
    }

    public static DocumentException Malformed() => new("the CMS document is damaged or cut off");
}
