package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that asks something of a registry. It has {@code --url --data --config --json}. */
abstract class RegistryVerb implements Callable<Integer> {
  @Mixin private final RegistryTarget target = new RegistryTarget();
  @Mixin private final Output output = new Output();

  @Spec private @Nullable CommandSpec spec;

  /** Asks, prints, and answers the exit code. */
  abstract int run(Administration registry, Output output) throws IOException, InterruptedException;

  /** What is to be done before a registry is asked anything. */
  void prepare(RegistryTarget of) throws IOException {
    // Most need nothing.
  }

  /** Whether it is also for a data directory in which no registry has begun yet. */
  boolean begins() {
    return false;
  }

  /** All of it, for a command that is not a question to a registry. */
  int act(RegistryTarget of, Output to) throws IOException, InterruptedException {
    if (!begins()) {
      of.requireRegistry();
    }
    prepare(of);
    return of.use(registry -> run(registry, to));
  }

  /** Says that the words do not go together; the exit is 2. */
  final RuntimeException wrongUsage(String reason) {
    return spec == null
        ? new IllegalArgumentException(reason)
        : new ParameterException(spec.commandLine(), reason);
  }

  @Override
  public final Integer call() throws IOException, InterruptedException {
    return act(target, output);
  }
}
