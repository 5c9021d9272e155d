namespace WorldModelActors.Episodes;

/// <summary>
/// Tables of version 1. <c>{serial}</c> and <c>{blob}</c> are the dialect's words; times are milliseconds since 1970 by the
/// store's clock; numbers of states and kinds are those of <see cref="JournalState"/> and <see cref="EventKind"/>.
/// </summary>
internal static class SchemaVersion1
{
    public const string Text = """
        CREATE TABLE sweeps (
          no {serial},
          id TEXT NOT NULL UNIQUE,
          name TEXT NOT NULL,
          spec TEXT NOT NULL,
          planned_at BIGINT NOT NULL
        );

        -- Episodes that are alike for a claim: same sweep, priority and memory.
        CREATE TABLE queues (
          no {serial},
          sweep BIGINT NOT NULL REFERENCES sweeps (no),
          priority INTEGER NOT NULL,
          bytes BIGINT NOT NULL,
          UNIQUE (sweep, priority, bytes)
        );

        CREATE TABLE episodes (
          no {serial},
          id TEXT NOT NULL UNIQUE,
          sweep BIGINT NOT NULL REFERENCES sweeps (no),
          queue BIGINT NOT NULL REFERENCES queues (no),
          name TEXT NOT NULL,
          spec TEXT NOT NULL,
          iterations INTEGER NOT NULL,
          state INTEGER NOT NULL DEFAULT 0,
          epoch BIGINT NOT NULL DEFAULT 0,
          seq INTEGER NOT NULL DEFAULT 1,
          committed INTEGER NOT NULL DEFAULT 0,
          frames BIGINT NOT NULL DEFAULT 0,
          failures INTEGER NOT NULL DEFAULT 0,
          losses INTEGER NOT NULL DEFAULT 0,
          ready_at BIGINT,
          node TEXT,
          cause TEXT,
          results TEXT,
          summary TEXT,
          planned_at BIGINT NOT NULL,
          started_at BIGINT,
          ended_at BIGINT
        );
        -- What a claim looks at: its cost does not grow with the number of episodes.
        CREATE INDEX episodes_planned ON episodes (queue, no) WHERE state = 0;
        CREATE INDEX episodes_waiting ON episodes (ready_at) WHERE state = 1;
        CREATE INDEX episodes_by_state ON episodes (sweep, state);

        CREATE TABLE events (
          episode BIGINT NOT NULL REFERENCES episodes (no),
          seq INTEGER NOT NULL,
          kind INTEGER NOT NULL,
          epoch BIGINT NOT NULL,
          node TEXT,
          at BIGINT NOT NULL,
          data TEXT NOT NULL,
          PRIMARY KEY (episode, seq)
        );

        CREATE TABLE iterations (
          episode BIGINT NOT NULL REFERENCES episodes (no),
          iteration INTEGER NOT NULL,
          epoch BIGINT NOT NULL,
          first_frame BIGINT NOT NULL,
          frames INTEGER NOT NULL,
          committed_at BIGINT NOT NULL,
          files TEXT NOT NULL,
          counters TEXT NOT NULL,
          digest TEXT NOT NULL,
          trajectory {blob} NOT NULL,
          PRIMARY KEY (episode, iteration)
        );
        CREATE INDEX iterations_recent ON iterations (committed_at);

        CREATE TABLE nodes (
          no {serial},
          name TEXT NOT NULL,
          devices TEXT NOT NULL,
          capacity INTEGER NOT NULL,
          bytes BIGINT NOT NULL,
          started_at BIGINT NOT NULL,
          beat_at BIGINT NOT NULL,
          draining INTEGER NOT NULL DEFAULT 0,
          left_at BIGINT
        );

        -- One row per running episode: as many as the nodes run, so it needs no further index, and a heart-beat
        -- changes no indexed column.
        CREATE TABLE leases (
          episode BIGINT NOT NULL PRIMARY KEY REFERENCES episodes (no),
          queue BIGINT NOT NULL,
          sweep BIGINT NOT NULL,
          node BIGINT NOT NULL REFERENCES nodes (no),
          epoch BIGINT NOT NULL,
          expires BIGINT NOT NULL
        );
        """;
}
