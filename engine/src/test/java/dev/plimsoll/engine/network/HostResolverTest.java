package dev.plimsoll.engine.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostResolverTest {
  @TempDir private Path directory;

  @Test
  void aStubOnTheLoopbackIsReplacedByWhatIsBehindIt() throws IOException {
    Path stub = file("resolv.conf", "# systemd\nnameserver 127.0.0.53\noptions edns0\n");
    Path real = file("real.conf", "nameserver 192.0.2.53\nnameserver 192.0.2.54\n");

    assertThat(new HostResolver(List.of(stub, real)).nameservers())
        .containsExactly("192.0.2.53", "192.0.2.54");
  }

  @Test
  void aReachableServerOfTheHostIsTakenAsItIs() throws IOException {
    Path file = file("resolv.conf", "search example.org\nnameserver 192.0.2.1\nnameserver ::1\n");

    assertThat(new HostResolver(List.of(file)).nameservers()).containsExactly("192.0.2.1");
  }

  @Test
  void withoutAnyDockersChoiceIsTaken() throws IOException {
    assertThat(new HostResolver(List.of(directory.resolve("none"))).nameservers())
        .isEqualTo(HostResolver.LAST_RESORT);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }
}
