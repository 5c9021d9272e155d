namespace WorldModelActors.Chaos;

/// <summary>What is done to a run.</summary>
internal enum FaultKind
{
    /// <summary>kill -9 of a node, wherever it is, and another start.</summary>
    KillNode,

    /// <summary>kill -9 of a node that is in the middle of writing a file, which is then cut or deleted as by a loss of power; another start.</summary>
    TearFile,

    /// <summary>kill -9 of a node, then a byte of the newest checkpoint of one of its episodes is turned around; another start.</summary>
    CorruptCheckpoint,

    /// <summary>SIGSTOP for longer than the lease, then SIGCONT.</summary>
    FreezeNode,

    /// <summary>SIGTERM, wait for the drain, another start.</summary>
    DrainNode,

    /// <summary>A node of a cluster is cut off from the others for longer than they wait for it, and is put back.</summary>
    CutOffNode,

    /// <summary>kill -9 of every process of PostgreSQL, and a start.</summary>
    KillPostgres,
}
