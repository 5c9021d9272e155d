using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using WorldModelActors.Engine.Conformance;
using WorldModelActors.Reliability;

namespace WorldModelActors.Engine.Akka.Tests;

/// <summary>Nodes talk with those alone that show a certificate of their authority. The certificates are those of deploy/akka/make-certificates.sh.</summary>
public sealed class MutualTlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wma-tls-").FullName;

    public MutualTlsTests()
    {
        _ = new NodeCertificates(Path.Combine(_folder, "ours"), "node-1", "node-2");
        _ = new NodeCertificates(Path.Combine(_folder, "theirs"), "node-1");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task TwoNodesOfOneAuthorityTalk()
    {
        await using var first = Start("ours", "node-1");
        await using var second = Start("ours", "node-2");
        Assert.Equal("node-1 hears hello", await AskAsync(second, first));
    }

    [Fact]
    public async Task ANodeWithACertificateOfAnotherAuthorityIsRefused()
    {
        await using var first = Start("ours", "node-1");
        await using var stranger = Start("theirs", "node-1");
        Assert.Null(await AskAsync(stranger, first));
        Assert.Null(await AskAsync(first, stranger));
    }

    [Fact]
    public async Task ANodeWithoutTlsIsRefused()
    {
        await using var first = Start("ours", "node-1");
        await using var open = Start(null, null);
        Assert.Null(await AskAsync(open, first));
        Assert.Null(await AskAsync(first, open));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("theirs")]
    public async Task AClientWithoutTheRightCertificateGetsNoByteIn(string? authority)
    {
        await using var node = Start("ours", "node-1");
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, AddressOf(node).Port!.Value, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
        var certificates = authority is null ? [] : new X509Certificate2Collection(CertificateOf(authority, "node-1"));
        // With TLS 1.3 the refusal comes after the client's own handshake: the first read says so.
        var refusal = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = "node-1", ClientCertificates = certificates }, TestContext.Current.CancellationToken);
            if (await tls.ReadAsync(new byte[1], TestContext.Current.CancellationToken) == 0)
            {
                throw new IOException("the node hung up");
            }
        }).Within();
        Assert.True(refusal is AuthenticationException or IOException, refusal.ToString());
    }

    [Fact]
    public void HalfOfTheSettingsIsOneClearError()
    {
        var config = AkkaConfiguration.Load("wma.akka.tls.certificate = node.pem");
        var error = Assert.Throws<EngineException>(() => AkkaTls.From(config));
        Assert.Equal("TLS between nodes needs certificate, key and authority: set wma.akka.tls.key and wma.akka.tls.authority", error.Message);
        Assert.Null(AkkaTls.From(AkkaConfiguration.Load()));
    }

    [Fact]
    public void AMissingFileIsOneClearError()
    {
        var error = Assert.Throws<EngineException>(() => new AkkaTls("/no/such.pem", "/no/such.key", "/no/authority.pem").ToSetup());
        Assert.Contains("/no/such.pem", error.Message, StringComparison.Ordinal);
    }

    /// <summary>What the echo of a node answers to another one, or null if they do not come together.</summary>
    private static async Task<string?> AskAsync(TestNode from, TestNode to)
    {
        // Akka answers an Identify for an actor that it can reach; a refused association gives nobody, or nothing within the time.
        try
        {
            var echo = await from.Akka.ActorSelection($"{AddressOf(to).WithProtocol(AddressOf(from).Protocol)}/user/echo").ResolveOne(TimeSpan.FromSeconds(10)).Within();
            return await echo.Ask<string>("hello", TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken).Within();
        }
        catch (ActorNotFoundException)
        {
            return null;
        }
    }

    private static Address AddressOf(TestNode node) => ((ExtendedActorSystem)node.Akka).Provider.DefaultAddress;

    private TestNode Start(string? authority, string? node)
    {
        var tls = authority is null ? string.Empty : $$"""
            wma.akka.tls {
              certificate = "{{_folder}}/{{authority}}/{{node}}.pem"
              key = "{{_folder}}/{{authority}}/{{node}}.key"
              authority = "{{_folder}}/{{authority}}/authority.pem"
            }
            """;
        var akka = AkkaSystems.Create("wma", AkkaConfiguration.Load(tls, "akka { actor.provider = remote, loglevel = OFF, stdout-loglevel = OFF, remote.retry-gate-closed-for = 1s }"));
        akka.ActorOf(Props.Create(() => new Echo(node ?? "open")), "echo");
        return new TestNode(akka);
    }

    private X509Certificate2 CertificateOf(string authority, string node)
    {
        using var pem = X509Certificate2.CreateFromPemFile($"{_folder}/{authority}/{node}.pem", $"{_folder}/{authority}/{node}.key");
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo(string name) => Receive<string>(text => Sender.Tell($"{name} hears {text}"));
    }

    private sealed class TestNode(Native.ActorSystem akka) : IAsyncDisposable
    {
        public Native.ActorSystem Akka => akka;

        public async ValueTask DisposeAsync() => await akka.Terminate().Within();
    }
}
