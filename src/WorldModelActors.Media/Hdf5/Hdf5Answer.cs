namespace WorldModelActors.Media;

/// <summary>How the reader process answered; the values are those of <c>native/hdf5_main.cpp</c>.</summary>
internal enum Hdf5Status : byte
{
    Ok = 0,
    Failed = 1,
    Absent = 2,
}

/// <summary>An answer of the reader process: the payload, or the reason in UTF-8.</summary>
internal readonly record struct Hdf5Answer(Hdf5Status Status, byte[] Payload);
