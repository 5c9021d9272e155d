namespace WorldModelActors.Episodes;

/// <summary>Version 2: where a node hands out the files of its state folder, for nodes that do not see that folder; null: nowhere.</summary>
internal static class SchemaVersion2
{
    public const string Text = "ALTER TABLE nodes ADD COLUMN exchange TEXT";
}
