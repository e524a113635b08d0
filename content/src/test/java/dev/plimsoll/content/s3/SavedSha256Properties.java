package dev.plimsoll.content.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SavedSha256Properties {

  @Property(tries = 300)
  void itIsTheHashOfTheJdkHoweverItIsCutAndSaved(
      @ForAll @Size(max = 1000) byte[] content, @ForAll @IntRange(min = 1, max = 200) int piece)
      throws Exception {
    SavedSha256 hash = new SavedSha256();
    for (int at = 0; at < content.length; at += piece) {
      hash.update(content, at, Math.min(piece, content.length - at));
      hash = SavedSha256.of(hash.save());
    }

    byte[] soFar = ((MessageDigest) hash.clone()).digest();

    assertThat(soFar).isEqualTo(MessageDigest.getInstance("SHA-256").digest(content));
    assertThat(hash.digest()).isEqualTo(soFar);
  }
}
