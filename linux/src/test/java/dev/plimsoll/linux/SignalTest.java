package dev.plimsoll.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalTest {
  @ParameterizedTest
  @CsvSource({
    "KILL,9,SIGKILL",
    "SIGKILL,9,SIGKILL",
    "sigterm,15,SIGTERM",
    "9,9,SIGKILL",
    "HUP,1,SIGHUP",
    "RTMIN,34,SIGRTMIN+0",
    "SIGRTMIN+3,37,SIGRTMIN+3",
    "RTMAX-1,63,SIGRTMIN+29",
    "RTMAX,64,SIGRTMIN+30",
    "SIGIOT,6,SIGABRT",
    "SYS,31,SIGSYS"
  })
  void isReadByNameAndByNumber(String text, int number, String name) {
    assertThat(Signal.parse(text).number()).isEqualTo(number);
    assertThat(Signal.parse(text).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "SIG", "0", "65", "-9", "KILLED", "RTMIN+31", "RTMAX+1", "RTMIN-1"})
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Signal.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
