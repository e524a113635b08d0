package dev.plimsoll.foundation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WrittenByPeopleTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "512, 512",
    "64k, 65536",
    "10MiB, 10485760",
    "1.5g, 1610612736",
    "1 kb, 1024"
  })
  void aSizeIsReadInPowersOf1024(String text, long bytes) {
    assertThat(ByteSize.parse(text)).isEqualTo(new ByteSize(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "k", "-1", "1x", "1 2", "99999999999999999999", "9999999999g"})
  void anotherSizeIsRefusedWithItsText(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }

  @ParameterizedTest
  @CsvSource({"1023, 1023 B", "1536, 1.5 KiB", "1073741824, 1.0 GiB", "536870912, 512 MiB"})
  void aSizeIsShownShort(long bytes, String text) {
    assertThat(new ByteSize(bytes)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({"7d, PT168H", "1h30m, PT1H30M", "500ms, PT0.5S", "0, PT0S", "1m, PT1M"})
  void aDurationIsReadAndWrittenAlike(String text, Duration duration) {
    assertThat(Durations.parse(text)).isEqualTo(duration);
    assertThat(Durations.format(duration)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "d", "1h x", "-1h", "1y"})
  void anotherDurationIsRefusedWithItsText(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }
}
