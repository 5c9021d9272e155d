namespace WorldModelActors.Transfer;

/// <summary>Something could not be fetched from another node; one line says what, from where, and why.</summary>
public class TransferException(string message, Exception? cause = null) : IOException(message, cause);

/// <summary>The other node does not have what was asked for, or not any more.</summary>
public sealed class UnknownHandleException(string message) : TransferException(message);

/// <summary>What arrived is not what was sent. Fetching goes on behind the last chunk that was whole.</summary>
internal sealed class DamagedTransferException(string message, Exception? cause = null) : IOException(message, cause);
