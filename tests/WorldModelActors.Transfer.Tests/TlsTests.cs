using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WorldModelActors.Transfer.Tests;

/// <summary>Who may ask, where nodes have certificates.</summary>
public sealed class TlsTests
{
    private static readonly TransferClientOptions s_hasty = new() { Attempts = 1 };

    [Fact]
    public async Task Nodes_of_one_authority_understand_each_other_and_nobody_else()
    {
        using var limit = Limit.Start();
        using var authority = Authority("ours");
        using var other = Authority("theirs");
        var bytes = Contents.Noise(1 << 20, seed: 1);
        await using var server = await TransferServer.StartAsync(new Contents().With("it", bytes), Contents.AnyPort, Node("a", authority, authority));
        Assert.Equal("https", server.Address.Scheme);

        using (var friend = new TransferClient(s_hasty with { Tls = Node("b", authority, authority) }))
        {
            using var arrived = new MemoryStream();
            await friend.FetchAsync(server.Address, "it", arrived, limit.Token);
            Assert.Equal(bytes, arrived.ToArray());
        }

        // A stranger that believes the server, and one that the server would believe but that does not believe the server.
        foreach (var tls in new[] { Node("c", other, authority), Node("d", authority, other) })
        {
            using var stranger = new TransferClient(s_hasty with { Tls = tls });
            await Assert.ThrowsAsync<TransferException>(() => stranger.FetchAsync(server.Address, "it", Stream.Null, limit.Token));
        }

        using var bare = new TransferClient(s_hasty);
        await Assert.ThrowsAsync<TransferException>(() => bare.FetchAsync(server.Address, "it", Stream.Null, limit.Token));
    }

    [Fact]
    public async Task Without_certificates_it_listens_on_the_machines_own_address_only()
    {
        var failure = await Assert.ThrowsAsync<TransferException>(() => TransferServer.StartAsync(new Contents(), new IPEndPoint(IPAddress.Any, 0)));

        Assert.Contains("without certificates", failure.Message);
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static TransferTls Node(string name, X509Certificate2 signer, X509Certificate2 trusted)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var signed = request.Create(signer, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        using var own = signed.CopyWithPrivateKey(key);
        return new TransferTls(
            X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null), X509CertificateLoader.LoadCertificate(trusted.Export(X509ContentType.Cert)));
    }
}
