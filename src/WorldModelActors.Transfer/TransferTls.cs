using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace WorldModelActors.Transfer;

/// <summary>Mutual TLS between nodes: each shows a certificate, and each takes those of one authority only.</summary>
/// <param name="Own">This node's certificate, with its key.</param>
/// <param name="Authority">Whose certificates are taken; the machine's own authorities are not.</param>
public sealed record TransferTls(X509Certificate2 Own, X509Certificate2 Authority)
{
    /// <summary>Reads both from PEM files.</summary>
    public static TransferTls Load(string certificate, string key, string authority)
    {
        using var own = X509Certificate2.CreateFromPemFile(certificate, key);
        // By way of PKCS #12: a key that was read from PEM alone cannot be used for TLS on every system.
        return new TransferTls(X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null), X509CertificateLoader.LoadCertificateFromFile(authority));
    }

    /// <summary>Whether a peer's certificate is of the authority, whatever the machine trusts. Names are not compared: nodes are known by their authority.</summary>
    internal bool IsTrusted(X509Certificate? shown, SslPolicyErrors errors)
    {
        if (shown is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var copy = new X509Certificate2(shown);
        return chain.Build(copy);
    }
}
