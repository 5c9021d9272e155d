using System.CommandLine;
using WorldModelActors.Verify;

namespace WorldModelActors.Cli;

/// <summary><c>wma verify</c>: recomputes recorded results of the reference implementation.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("DIR") { Description = "A golden set (with index.json), or a model directory with a recorded rollout" };
        var clipVocab = new Option<string>("--clip-vocab") { HelpName = "FILE", Description = "CLIP merges file; without it one beside the model or $WMA_CLIP_VOCAB. What needs it is skipped where there is none" };
        var failures = new Option<bool>("--failures") { Description = "Print failed and skipped checks only" };
        var threads = new Option<int?>("--threads") { HelpName = "N", Description = "CPU threads of an operator; by default one, as the reference ran" };
        var command = new Command("verify", "Recompute recorded results of the reference implementation") { directory, clipVocab, failures, threads };
        command.WithHelp(
            "Recomputes every recorded file of a directory with this program's own networks, sampler and actors, and compares. "
                + "Prints each check with its largest absolute error, relative error (L2) and tolerance.",
            "wma verify DIR [options]",
            [
                new HelpSection("Options",
                [
                    new HelpRow(directory.Name, directory.Description),
                    .. new Option[] { clipVocab, failures, threads }.Select(option => new HelpRow($"{option.Name} {option.HelpName}".TrimEnd(), option.Description ?? "")),
                    HelpScreens.Help,
                ]),
                HelpSection.Lines("Examples", "wma verify assets/demo-world-model", "wma verify tests/golden", "wma verify golden/ --failures"),
                new HelpSection("Exit codes", [new HelpRow("0", "every check that could be made passed"), new HelpRow("1", "a check failed"), new HelpRow("2", "the directory cannot be verified at all"), new HelpRow("130", "stopped by Ctrl-C or SIGTERM")]),
            ]);
        command.SetAction(line =>
        {
            if (line.GetValue(threads) is < 1)
            {
                throw new UsageException("--threads: use 1 or more");
            }

            return Verify(line.GetRequiredValue(directory), line.GetValue(clipVocab), line.GetValue(threads) ?? 1, line.GetValue(failures));
        });
        return command;
    }

    private static int Verify(string directory, string? clipVocabulary, int threads, bool failuresOnly)
    {
        using var interrupts = new Interrupts(() => Console.Error.WriteLine("wma: stopping after the check in hand (again to quit at once)"));
        var results = new List<GoldenResult>();
        var options = new VerifyOptions
        {
            ClipVocabulary = clipVocabulary,
            Threads = threads,
            OnResult = result =>
            {
                if (!failuresOnly || result.Status != GoldenStatus.Passed)
                {
                    Console.WriteLine(GoldenReport.Line(result));
                }
            },
        };
        try
        {
            using var verifier = GoldenVerifier.Open(directory, options);
            foreach (var file in verifier.Files)
            {
                results.AddRange(verifier.Verify(file, interrupts.Token));
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }

        foreach (var line in GoldenReport.Summary(results))
        {
            Console.WriteLine(line);
        }

        return GoldenReport.HasFailures(results) ? ExitCode.Failed : ExitCode.Done;
    }
}
