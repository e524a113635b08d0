package dev.plimsoll.cli.engine;

import dev.plimsoll.cli.verb.Serving;
import dev.plimsoll.cli.verb.Verb;
import java.util.List;

/** The engine's commands, in the order in which they are listed. */
public final class EngineVerbs {
  public static final List<Verb> ALL =
      List.of(
          new Verb(
              "engine serve",
              "serve the Docker Engine API on a unix socket",
              () -> Serving.soon(new ServeCommand())),
          new Verb(
              "engine check",
              "verify what an engine keeps, mend it, make a lost database anew",
              CheckCommand::new));

  private EngineVerbs() {}
}
