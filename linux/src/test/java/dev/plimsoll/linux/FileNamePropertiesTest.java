package dev.plimsoll.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.linux.ffi.FileName;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class FileNamePropertiesTest {
  @Property
  void everyByteStringComesBack(@ForAll byte[] name) {
    assertThat(FileName.encode(FileName.decode(name))).isEqualTo(name);
  }
}
