namespace WorldModelActors.Models;

/// <summary>Parts of the backbone whose time is told apart in a profile.</summary>
public enum UNetPart
{
    /// <summary>3 x 3 convolutions of frames.</summary>
    Convolution,

    /// <summary>Convolutions along the frames.</summary>
    TemporalConvolution,

    /// <summary>Group norms, with the SiLU after them.</summary>
    GroupNorm,

    /// <summary>Layer norms.</summary>
    LayerNorm,

    /// <summary>Projections of tokens, beside those of the feed-forward layers.</summary>
    Linear,

    /// <summary>Attention among the tokens of a frame, without its projections.</summary>
    SpatialAttention,

    /// <summary>Attention to text, image, state and action tokens, without its projections.</summary>
    CrossAttention,

    /// <summary>Attention among the frames of a position, without its projections.</summary>
    FrameAttention,

    /// <summary>Feed-forward layers with their gates.</summary>
    FeedForward,

    /// <summary>Additions and joins of activations.</summary>
    Addition,

    /// <summary>Action and state heads.</summary>
    Head,
}
