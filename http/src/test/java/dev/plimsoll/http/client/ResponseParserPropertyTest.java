package dev.plimsoll.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ResponseParserPropertyTest {
  private static final int HEAD_BYTES_MAX = 1024;

  /** Pieces of real answers in any order, so that most inputs get past the first line. */
  @Provide
  Arbitrary<String> answers() {
    return Arbitraries.of(
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.0 404\n",
            "Content-Length: 5\r\n",
            "Content-Length: 99999999999999999999\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "X: " + "y".repeat(300) + "\r\n",
            " folded\r\n",
            ": nameless\r\n",
            "\0\r\n",
            "é: è\r\n",
            "\r\n",
            "\n",
            "\r",
            "x")
        .list()
        .ofMaxSize(12)
        .map(pieces -> String.join("", pieces));
  }

  @Property(tries = 2000)
  void anyBytesAreAHeadOrAnIOException(@ForAll("answers") String answer) {
    byte[] bytes = answer.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    try {
      ResponseHead head = new ResponseParser(HEAD_BYTES_MAX).read(in);

      assertThat(head.status()).isBetween(100, 999);
      assertThat(head.contentLength().orElse(0)).isNotNegative();
      assertThat(bytes.length - in.available()).isLessThanOrEqualTo(HEAD_BYTES_MAX);
    } catch (IOException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }
}
