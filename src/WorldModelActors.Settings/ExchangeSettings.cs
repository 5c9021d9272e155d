using System.Net;

namespace WorldModelActors.Settings;

/// <summary><c>wma.exchange</c></summary>
public sealed record ExchangeSettings
{
    /// <summary>Where this node hands out files; null: nowhere.</summary>
    public required IPEndPoint? Listen { get; init; }

    /// <summary>Certificate, key and authority; null: unencrypted, on this machine only.</summary>
    public required (string Certificate, string Key, string Authority)? Tls { get; init; }

    internal static ExchangeSettings Bind(HoconConfig config)
    {
        const string listen = "wma.exchange.listen";
        const string certificate = "wma.exchange.certificate";
        IPEndPoint? endpoint = null;
        if (SettingTexts.Optional(config, listen) is { } text && (!text.Contains(':', StringComparison.Ordinal) || !IPEndPoint.TryParse(text, out endpoint) || endpoint.Address.Equals(IPAddress.Any)))
        {
            throw config.Wrong(listen, "address:port, with the address that other nodes reach this one by");
        }

        string?[] tls = [SettingTexts.OptionalPath(config, certificate), SettingTexts.OptionalPath(config, "wma.exchange.key"), SettingTexts.OptionalPath(config, "wma.exchange.authority")];
        return new ExchangeSettings
        {
            Listen = endpoint,
            Tls = tls switch
            {
                [null, null, null] => null,
                [{ } own, { } key, { } authority] => (own, key, authority),
                _ => throw config.Wrong(certificate, "a path, together with wma.exchange.key and wma.exchange.authority, or none of the three"),
            },
        };
    }
}
