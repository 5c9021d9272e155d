using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;

namespace WorldModelActors.Engine.Akka;

/// <summary>
/// Encryption between nodes, by certificates on both sides (<c>wma.akka.tls</c> in hocon/akka.conf): a node talks with those alone whose certificate is
/// of the same authority, whatever authorities the machine trusts. deploy/akka/make-certificates.sh makes them.
/// </summary>
/// <param name="Certificate">This node's certificate, a PEM file.</param>
/// <param name="Key">Its private key, a PEM file.</param>
/// <param name="Authority">The authority's certificate, a PEM file.</param>
public sealed record AkkaTls(string Certificate, string Key, string Authority)
{
    /// <summary>How the line of the log begins that says who was refused, and why.</summary>
    public const string Refused = "refused TLS with";

    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>Reads <c>wma.akka.tls</c>; null where no certificate is named.</summary>
    /// <exception cref="EngineException">Only some of the three are named.</exception>
    public static AkkaTls? From(Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var names = (string[])["certificate", "key", "authority"];
        var files = names.Select(name => config.GetString("wma.akka.tls." + name, string.Empty)).ToArray();
        if (files.All(string.IsNullOrEmpty))
        {
            return null;
        }

        var missing = names.Where((_, i) => string.IsNullOrEmpty(files[i])).Select(name => "wma.akka.tls." + name).ToArray();
        return missing.Length == 0
            ? new AkkaTls(files[0], files[1], files[2])
            : throw new EngineException($"TLS between nodes needs certificate, key and authority: set {string.Join(" and ", missing)}");
    }

    /// <summary>What Akka's transport takes.</summary>
    /// <exception cref="EngineException">A file cannot be read.</exception>
    public DotNettySslSetup ToSetup()
    {
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(Certificate, Key);
            // SslStream wants a key that is bound to the certificate.
            var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
            var authority = X509CertificateLoader.LoadCertificateFromFile(Authority);
            return new DotNettySslSetup(
                certificate,
                suppressValidation: false,
                requireMutualAuthentication: true,
                validateCertificateHostname: false,
                (other, _, peer, errors, log) =>
                {
                    if (IsOf(authority, other, errors, out var reason))
                    {
                        return true;
                    }

                    log.Warning(Refused + " {0}: {1}", peer, reason);
                    return false;
                });
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new EngineException($"the certificates for TLS between nodes cannot be read: {cause.Message}", cause);
        }
    }

    /// <summary>True if a certificate is of the authority, of now, and for this use.</summary>
    internal static bool IsOf(X509Certificate2 authority, X509Certificate2? other, SslPolicyErrors errors, out string reason)
    {
        if (other is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            reason = "it showed no certificate";
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (!chain.Build(other))
        {
            reason = string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()).Distinct());
            return false;
        }

        var uses = other.Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .SelectMany(extension => extension.EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>())
            .Select(use => use.Value)
            .ToHashSet();
        if (!uses.IsSupersetOf([ServerUse, ClientUse]))
        {
            reason = "its certificate is not for nodes: it must be for both server and client authentication";
            return false;
        }

        reason = string.Empty;
        return true;
    }
}
