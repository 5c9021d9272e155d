using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>Answers that reach no episode any more: what they hand over is released.</summary>
internal sealed class UndeliveredAnswers : IEngineEvents
{
    public void DeadLetter(DeadLetter letter)
    {
        if (letter.Message is EpisodeAnswer answer)
            answer.Run.Undeliverable(answer);
    }
}
