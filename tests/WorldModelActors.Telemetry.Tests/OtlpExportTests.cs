using System.Net;
using System.Net.Sockets;
using System.Text;
using OpenTelemetry.Exporter;
using WorldModelActors.Rollout;

namespace WorldModelActors.Telemetry.Tests;

[Collection("meters")]
public sealed class OtlpExportTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_collector_receives_the_meters_as_protobuf_over_http()
    {
        using var collector = Listen(out var address);
        var received = ReceiveAsync(collector);
        var clock = new TestClock();
        using var meter = new RolloutMeter(clock, new LaneOccupancy(clock, TimeSpan.FromSeconds(1)), new HandleBytes());
        using (new OtlpExport(address, TimeSpan.FromHours(1), "1.2.3"))
        {
            meter.EpisodeStarted(Spans.Plan("a"));
            meter.FramesWritten("a", 5);
            meter.LaneWorked(Spans.Of(Lane.Decode, 0, 1, items: 3));
        }

        var (path, type, body) = await received;
        Assert.Equal("/v1/metrics", path);
        Assert.Equal("application/x-protobuf", type);
        // ExportMetricsServiceRequest.resource_metrics / .resource, .scope_metrics / .scope, .metrics
        var resource = ProtobufMessage.Parse(body).Message(1);
        Assert.Contains(resource.Message(1).Messages(1), attribute => attribute.Text(1) == "service.name" && attribute.Message(2).Text(1) == "wma");
        var scope = resource.Message(2);
        Assert.Equal(MeterNames.Meter, scope.Message(1).Text(1));
        var metrics = scope.Messages(2).ToDictionary(m => m.Text(1));
        // Metric.sum.data_points.as_int
        Assert.Equal(5, metrics[MeterNames.FramesWritten].Message(7).Message(1).Fixed64(6));
        Assert.Equal("{frame}", metrics[MeterNames.FramesWritten].Text(3));
        // Metric.histogram.data_points.count
        Assert.Equal(1, metrics[MeterNames.BatchSize].Message(9).Message(1).Fixed64(4));
    }

    [Fact]
    public void A_collector_that_is_not_there_is_told_of_once_and_holds_nobody_up()
    {
        // Closed at once: nobody listens there.
        Listen(out var address).Close();

        var told = new List<string>();
        using (var export = new OtlpExport(address, TimeSpan.FromHours(1), "1.2.3", told.Add))
        {
            Assert.False(export.Flush());
        }

        Assert.Contains(address.ToString(), Assert.Single(told));
    }

    [Theory]
    [InlineData("http://localhost:4318", OtlpExportProtocol.HttpProtobuf, "http://localhost:4318/v1/metrics")]
    [InlineData("http://collector:9000/otlp/v1/metrics", OtlpExportProtocol.HttpProtobuf, "http://collector:9000/otlp/v1/metrics")]
    [InlineData("http://localhost:4317", OtlpExportProtocol.Grpc, null)]
    public void The_address_decides_the_protocol(string endpoint, OtlpExportProtocol protocol, string? address)
    {
        Assert.Equal(protocol, OtlpExport.ProtocolOf(new Uri(endpoint)));
        if (address is not null)
            Assert.Equal(address, OtlpExport.AddressOf(new Uri(endpoint)).ToString());
    }

    private static HttpListener Listen(out Uri address)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        probe.Stop();
        var listener = new HttpListener { Prefixes = { address.ToString() } };
        listener.Start();
        return listener;
    }

    private static async Task<(string Path, string? Type, byte[] Body)> ReceiveAsync(HttpListener listener)
    {
        var context = await listener.GetContextAsync().WaitAsync(Token);
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body, Token);
        context.Response.StatusCode = 200;
        context.Response.Close();
        return (context.Request.Url!.AbsolutePath, context.Request.ContentType, body.ToArray());
    }
}

/// <summary>Fields of a protobuf message by number, as far as these tests need them.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<(int Number, byte[] Bytes)> _fields = [];

    public static ProtobufMessage Parse(ReadOnlySpan<byte> bytes)
    {
        var message = new ProtobufMessage();
        while (bytes.Length > 0)
        {
            var key = (int)Varint(ref bytes);
            var length = (key & 7) switch
            {
                0 => 0,
                1 => 8,
                2 => (int)Varint(ref bytes),
                5 => 4,
                var type => throw new FormatException($"wire type {type}"),
            };
            if ((key & 7) == 0)
            {
                message._fields.Add((key >> 3, BitConverter.GetBytes(Varint(ref bytes))));
                continue;
            }
            message._fields.Add((key >> 3, bytes[..length].ToArray()));
            bytes = bytes[length..];
        }
        return message;
    }

    public IEnumerable<ProtobufMessage> Messages(int number) => _fields.Where(f => f.Number == number).Select(f => Parse(f.Bytes));

    public ProtobufMessage Message(int number) => Messages(number).First();

    public string Text(int number) => Encoding.UTF8.GetString(_fields.First(f => f.Number == number).Bytes);

    public long Fixed64(int number) => BitConverter.ToInt64(_fields.First(f => f.Number == number).Bytes);

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var b = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }
    }
}
