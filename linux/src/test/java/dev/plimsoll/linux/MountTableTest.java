package dev.plimsoll.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTableTest {
  private static final String TABLE =
      """
      21 1 254:0 / / rw,relatime - ext4 /dev/vda rw,errors=remount-ro
      36 35 98:0 /mnt1 /mnt\\040two/a\\134b rw,noatime master:1 shared:2 - ext3 /dev/my\\040root rw
      37 21 0:50 / /a rw - tmpfs  rw,size=4k
      38 21 0:51 / /a/b ro,nosuid,nodev - overlay overlay rw,lowerdir=/l1:/l2
      39 37 0:52 / /a rw - tmpfs later rw
      40 21 0:53 / /ab rw - tmpfs none rw
      """;

  @Test
  void readsEscapesTagsAndOptions() throws IOException {
    MountTable.Entry entry = parse(TABLE).entries().get(1);

    assertThat(entry.target()).isEqualTo("/mnt two/a\\b");
    assertThat(entry.root()).isEqualTo("/mnt1");
    assertThat(entry.device()).isEqualTo(new Device(98, 0));
    assertThat(entry.tags()).containsExactly("master:1", "shared:2");
    assertThat(entry.source()).isEqualTo("/dev/my root");
    assertThat(entry.options()).containsExactly("rw", "noatime");
  }

  @Test
  void anEmptySourceIsOne() throws IOException {
    MountTable.Entry entry = parse(TABLE).entries().get(2);

    assertThat(entry.source()).isEmpty();
    assertThat(entry.superOptions()).containsExactly("rw", "size=4k");
  }

  @Test
  void ofTwoAtOnePlaceTheLaterIsSeen() throws IOException {
    assertThat(parse(TABLE).at(Path.of("/a/"))).get().extracting("source").isEqualTo("later");
    assertThat(parse(TABLE).at(Path.of("/nothing"))).isEmpty();
  }

  @Test
  void belowListsInTheOrderToUnmountAndNoNeighbours() throws IOException {
    assertThat(parse(TABLE).below(Path.of("/a")))
        .extracting(MountTable.Entry::id)
        .containsExactly(39L, 38L, 37L);
    assertThat(parse(TABLE).below(Path.of("/"))).hasSize(6);
  }

  @Test
  void aTornLineIsRefused() {
    assertThatThrownBy(() -> parse("21 1 254:0 / / rw,relatime - ext4\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no line of mountinfo");
  }

  @Test
  void thisMachineHasARootAndProc() throws IOException {
    assertThat(MountTable.read().at(Path.of("/proc"))).get().extracting("type").isEqualTo("proc");
    assertThat(MountTable.read(ProcessHandle.current().pid()).at(Path.of("/"))).isPresent();
  }

  private static MountTable parse(String text) throws IOException {
    return MountTable.parse(text.getBytes(StandardCharsets.UTF_8));
  }
}
