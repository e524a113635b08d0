package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Serving;
import dev.plimsoll.cli.verb.Verb;
import java.util.List;

/** The registry's commands, in the order in which they are listed. */
public final class RegistryVerbs {
  public static final List<Verb> ALL =
      List.of(
          new Verb(
              "registry serve",
              "serve images over the OCI distribution protocol",
              () -> Serving.soon(new ServeCommand())),
          new Verb("registry gc", "collect what nothing refers to", GcCommand::new),
          new Verb(
              "registry trash", "list what was deleted and can be had back", TrashCommand::new),
          new Verb(
              "registry restore",
              "take something out of the trash, a tag back in time, or all of a backup",
              RestoreCommand::new),
          new Verb(
              "registry retain", "delete what the retention rules do not keep", RetainCommand::new),
          new Verb("registry pin", "keep a tag or digest, or list what is kept", PinCommand::new),
          new Verb("registry unpin", "let the rules decide on it again", UnpinCommand::new),
          new Verb(
              "registry report", "tell the registry what a Docker host runs", ReportCommand::new),
          new Verb("registry deployed", "list what hosts say they run", DeployedCommand::new),
          new Verb("registry history", "show where a tag has pointed", HistoryCommand::new),
          new Verb(
              "registry purge",
              "delete something from the trash before its time",
              PurgeCommand::new),
          new Verb("registry warm", "pull images of upstreams before need", WarmCommand::new),
          new Verb(
              "registry check", "verify every byte and reference, and repair", CheckCommand::new),
          new Verb("registry import", "move in from another registry", ImportCommand::new),
          new Verb("registry backup", "back everything up while it serves", BackupCommand::new),
          new Verb("registry stats", "say what takes the space", StatsCommand::new),
          new Verb("registry user", "add, change, import, list and remove users", UserCommand::new),
          new Verb(
              "registry robot",
              "add, renew, list and remove robots and their tokens",
              RobotCommand::new),
          new Verb("registry quotas", "show how far quotas are used", QuotasCommand::new),
          new Verb("registry audit", "show who changed what", AuditCommand::new),
          new Verb(
              "registry webhooks",
              "show who is told of changes, and whether it works",
              WebhooksCommand::new),
          new Verb(
              "registry read-only", "have it take no changes for a while", ReadOnlyCommand::new),
          new Verb(
              "registry delete-repository",
              "delete a repository whole; restore brings it back",
              DeleteRepositoryCommand::new));

  private RegistryVerbs() {}
}
