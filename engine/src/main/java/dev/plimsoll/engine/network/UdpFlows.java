package dev.plimsoll.engine.network;

import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The kernel's memory of who talks to whom over UDP. A flow that goes on keeps its old target after
 * the port leads elsewhere, so the flows of a port are forgotten when it is published or taken back.
 * Where the program {@code conntrack} is missing they end by themselves, after up to three minutes.
 */
final class UdpFlows {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Optional<Path> program = Processes.find("conntrack");

  void forget(List<PublishedPort> ports) throws IOException, InterruptedException {
    for (PublishedPort port : ports) {
      if (program.isPresent() && port.port().protocol() == Protocol.UDP) {
        // Its exit code is 1 where there was nothing to forget.
        Processes.run(
            Command.of(
                program.get(),
                "-D",
                "-p",
                "udp",
                "--orig-port-dst",
                String.valueOf(port.hostPort())),
            LIMIT);
      }
    }
  }
}
