using System.CommandLine;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary><c>wma node</c>: serves a store. <c>wma node drain</c> asks a node to end.</summary>
internal static class NodeCommand
{
    public static Command Create()
    {
        var exitWhenDone = new Option<bool>("--exit-when-done") { Description = "End when every episode has ended, instead of waiting for more" };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print failures only" };
        var options = new SettingOptionSet(
            [SettingFlags.Store, SettingFlags.Node, SettingFlags.Cluster, SettingFlags.NodeBatching, SettingFlags.Telemetry, SettingFlags.NodeMachine], null, exitWhenDone, quiet);
        var command = new Command("node", "Serve a store: claim episodes, run them, record them");
        options.AddTo(command);
        var drain = Drain();
        command.Add(drain);
        command.WithHelp(
            "Serves a store until it is told to end. Start one for each machine, or for each device: nodes come and go, none is special, and what a node that "
                + "was killed had not committed is made again by another one, with the same frames. SIGTERM or Ctrl-C drains: the iterations in hand are finished, the "
                + "episodes given back.",
            "wma node [options]",
            [
                new HelpSection("Commands", [new HelpRow("drain NAME", drain.Description ?? "")]),
                .. options.Help(),
                HelpSection.Lines(
                    "Examples",
                    "wma node --device cuda:all --episodes-in-flight 8",
                    "# many machines on one PostgreSQL; the password in PGPASSWORD or ~/.pgpass",
                    "wma node --store \"postgres://wma@db/wma?sslmode=verify-full\" --state /mnt/wma --device cuda:0",
                    "# a cluster on one machine (builds with -p:Engine=akka)",
                    "wma node --engine akka --name a --port 4053 --seed-nodes 127.0.0.1:4053",
                    "wma node --engine akka --name b --seed-nodes 127.0.0.1:4053"),
                new HelpSection("Exit codes",
                [
                    new HelpRow("0", "drained, or everything was done"), new HelpRow("1", "everything has ended, and episodes failed"), new HelpRow("2", "it cannot be done"),
                    new HelpRow("75", "the device cannot compute any more, or the cluster has taken the node out: start it again (systemd: Restart=on-failure)"),
                ]),
            ]);
        command.SetAction(async (line, stop) =>
        {
            var settings = WmaSettings.Load(options.Layers(line));
            var open = await OpenStore.OpenPatientlyAsync(settings, stop).ConfigureAwait(false);
            await using (open.ConfigureAwait(false))
            {
                return await new ServeRun(settings, open) { ExitWhenDone = line.GetValue(exitWhenDone), Quiet = line.GetValue(quiet), JoinsCluster = true }.RunAsync().ConfigureAwait(false);
            }
        });
        return command;
    }

    private static Command Drain()
    {
        var name = new Argument<string>("name") { HelpName = "NAME", Description = "Name of the node" };
        var options = new StoreOptionSet();
        var command = new Command("drain", "Ask a node to finish the iterations in hand, give its episodes back and end") { name };
        options.AddTo(command);
        command.WithHelp("Asks every living node of this name to end in good order, wherever it runs.", "wma node drain NAME [options]",
            [.. options.Help(), HelpSection.Lines("Examples", "wma node drain gpu-3", "wma node drain gpu-3 --store \"postgres://wma@db/wma\" --state /mnt/wma")]);
        command.SetAction(async (line, stop) =>
        {
            var open = await options.OpenAsync(line, stop).ConfigureAwait(false);
            await using (open.ConfigureAwait(false))
            {
                var asked = await open.Store.DrainAsync(line.GetValue(name)!, stop).ConfigureAwait(false);
                if (asked == 0)
                {
                    throw new UsageException($"no living node is called '{line.GetValue(name)}'; wma status lists them");
                }

                Console.WriteLine($"{asked} {(asked == 1 ? "node" : "nodes")} asked to drain");
            }

            return ExitCode.Done;
        });
        return command;
    }
}
