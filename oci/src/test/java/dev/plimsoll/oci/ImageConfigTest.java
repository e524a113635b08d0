package dev.plimsoll.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageConfigTest {
  private static final String DIFF_ID = "sha256:" + "1".repeat(64);

  @Test
  void whatIsReadIsWrittenAgainWithoutEmptyFields() {
    String json =
        """
        {"architecture":"amd64","os":"linux","config":{"Env":["A=b"],"Cmd":["sh"]},\
        "rootfs":{"type":"layers","diff_ids":["%s"]},"history":[{"created_by":"x","empty_layer":true}]}\
        """
            .formatted(DIFF_ID);

    ImageConfig config = ImageConfig.parse(json.getBytes(UTF_8));

    assertThat(config.diffIds()).containsExactly(Digest.parse(DIFF_ID));
    assertThat(new String(config.toBytes(), UTF_8)).isEqualTo(json);
  }

  @Test
  void aDiffIdThatIsNoDigestIsRefusedAtTheDoor() {
    assertThatThrownBy(
            () -> ImageConfig.parse("{\"rootfs\":{\"diff_ids\":[\"../x\"]}}".getBytes(UTF_8)))
        .hasMessageContaining("../x");
  }

  @ParameterizedTest
  @CsvSource({
    "linux/amd64, linux/amd64, true",
    "linux/arm64, linux/arm64/v8, true",
    "linux/arm/v7, linux/arm, true",
    "linux/arm/v6, linux/arm, false",
    "linux/amd64, linux/arm64, false",
    "aarch64, linux/arm64, true",
  })
  void aPlatformMatchesAsDockerMatchesIt(String image, String wanted, boolean matches) {
    assertThat(Platform.parse(image).matches(Platform.parse(wanted))).isEqualTo(matches);
  }
}
