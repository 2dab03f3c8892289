using System.Formats.Asn1;

namespace Executor.Core.Secrets.Documents;

/// <summary>What RSAES-OAEP-params say (RFC 4055, 4.1). The platform decrypts by them; here is only judged what is accepted.</summary>
internal static class OaepParameters
{
    private static readonly Asn1Tag Hash = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag Mask = new(TagClass.ContextSpecific, 1);

    /// <returns>The digest's object identifier; null where the mask has another one, or there is more to it.</returns>
    public static string? Digest(ReadOnlyMemory<byte> parameters)
    {
        try
        {
            var sequence = new AsnReader(parameters, AsnEncodingRules.BER).ReadSequence();
            var (digest, masked) = (CmsOids.Sha1, CmsOids.Sha1); // what both are by default
            if (Has(sequence, Hash)) digest = sequence.ReadSequence(Hash).ReadSequence().ReadObjectIdentifier();
            if (Has(sequence, Mask))
            {
                var mask = sequence.ReadSequence(Mask).ReadSequence();
                if (mask.ReadObjectIdentifier() != CmsOids.Mgf1) return null;
                masked = mask.ReadSequence().ReadObjectIdentifier();
            }

            return masked == digest && !sequence.HasData ? digest : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static bool Has(AsnReader reader, Asn1Tag tag) => reader.HasData && reader.PeekTag().HasSameClassAndValue(tag);
}
