namespace WorldModelActors.Media;

/// <summary><c>wma_status</c> of <c>native/wma_media.h</c>.</summary>
internal enum NativeStatus
{
    Ok = 0,
    Failed = 1,
    Absent = 2,
    Misuse = 3,
}
