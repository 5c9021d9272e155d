namespace WorldModelActors.Engine;

/// <summary>Turns the outcome of a task into a message.</summary>
internal static class Piping
{
    /// <summary>Puts it in when the task has ended; where no message can be made of it, the actor fails.</summary>
    public static async Task ToAsync<TResult, TMessage>(
        IInbox<TMessage> inbox, Task<TResult> task, Func<TResult, TMessage> onSuccess, Func<Exception, TMessage> onFailure)
        where TMessage : notnull
    {
        await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        object outcome = task;
        try
        {
            TMessage message;
            if (task.IsCompletedSuccessfully)
            {
                var result = task.Result;
                outcome = (object?)result ?? task;
                message = onSuccess(result);
            }
            else
            {
                var cause = task.Exception?.InnerException ?? new TaskCanceledException(task);
                outcome = cause;
                message = onFailure(cause);
            }

            inbox.PostUnbounded(message);
        }
        catch (Exception adaptation)
        {
            inbox.PostFault(outcome, adaptation);
        }
    }
}
