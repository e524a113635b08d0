package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.http.RawClient.Answer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a proxy in front might read otherwise than we do is refused, and nothing behind it is taken for a
 * request: RFC 9112, sections 2.2, 3, 5, 6, 7 and 11.2.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmugglingTest {
  private static final String BEHIND = "GET /smuggled HTTP/1.1\r\nHost: t\r\n\r\n";

  private final List<String> handled = new CopyOnWriteArrayList<>();
  private final HttpServer server =
      new HttpServer(
          (request, response) -> {
            handled.add(request.path());
            response.send(request.bytes(100_000));
          },
          Limits.DEFAULT);
  private InetSocketAddress address = new InetSocketAddress(0);

  @BeforeAll
  void start() throws Exception {
    address = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @BeforeEach
  void forget() {
    handled.clear();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private static Arguments refused(String name, int status, String request) {
    return Arguments.of(name, status, request);
  }

  private static String post(String headers, String body) {
    return "POST / HTTP/1.1\r\nHost: t\r\n" + headers + "\r\n" + body;
  }

  private static String chunks(String chunks) {
    return post("Transfer-Encoding: chunked\r\n", chunks);
  }

  static Stream<Arguments> requests() {
    return Stream.of(
        refused(
            "both lengths",
            400,
            post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nG")),
        refused(
            "both lengths, other order",
            400,
            post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "8\r\n")),
        refused(
            "two different lengths",
            400,
            post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello")),
        refused(
            "two equal lengths", 400, post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")),
        refused("a list of lengths", 400, post("Content-Length: 5, 5\r\n", "hello")),
        refused("a signed length", 400, post("Content-Length: +5\r\n", "hello")),
        refused("a negative length", 400, post("Content-Length: -1\r\n", "")),
        refused("a hexadecimal length", 400, post("Content-Length: 0x5\r\n", "hello")),
        refused("an empty length", 400, post("Content-Length:\r\n", "")),
        refused("a length with a space inside", 400, post("Content-Length: 1 0\r\n", "hello")),
        refused(
            "a length beyond all numbers",
            400,
            post("Content-Length: 99999999999999999999\r\n", "")),
        refused("another coding", 400, post("Transfer-Encoding: gzip\r\n", "")),
        refused(
            "another coding before",
            400,
            post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")),
        refused(
            "another coding behind",
            400,
            post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n")),
        refused(
            "chunked twice",
            400,
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        refused("chunked with junk", 400, post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")),
        refused(
            "chunked with a vertical tab",
            400,
            post("Transfer-Encoding: \u000bchunked\r\n", "0\r\n\r\n")),
        refused("chunked in quotes", 400, post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n")),
        refused(
            "chunked in HTTP/1.0",
            400,
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        refused("a space before the colon", 400, post("Content-Length : 5\r\n", "hello")),
        refused(
            "a tab before the colon", 400, post("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n")),
        refused("a folded line", 400, post("X: a\r\n b\r\n", "")),
        refused("a folded length", 400, post("Content-Length:\r\n 5\r\n", "hello")),
        refused("a folded first line", 400, "GET / HTTP/1.1\r\n Host: t\r\n\r\n"),
        refused("a header without a name", 400, post(": x\r\n", "")),
        refused("a header without a colon", 400, post("Header\r\n", "")),
        refused("a name that is no token", 400, post("X(y): z\r\n", "")),
        refused("a name with a NUL", 400, post("X\u0000: z\r\n", "")),
        refused("a value with a NUL", 400, post("X: a\u0000b\r\n", "")),
        refused("a value with a bare CR", 400, post("X: a\rContent-Length: 5\r\n", "")),
        refused("a bare LF after a header", 400, post("X: a\nContent-Length: 5\r\n", "hello")),
        refused("a bare LF after the request line", 400, "GET / HTTP/1.1\nHost: t\r\n\r\n"),
        refused("a bare LF as the empty line", 400, "GET / HTTP/1.1\r\nHost: t\r\n\n"),
        refused("only bare LFs", 400, "GET / HTTP/1.1\nHost: t\n\n"),
        refused("a bare CR in the request line", 400, "GET /\rx HTTP/1.1\r\nHost: t\r\n\r\n"),
        refused("two spaces in the request line", 400, "GET  / HTTP/1.1\r\nHost: t\r\n\r\n"),
        refused("a tab in the request line", 400, "GET\t/ HTTP/1.1\r\nHost: t\r\n\r\n"),
        refused("a space in the target", 400, "GET /a b HTTP/1.1\r\nHost: t\r\n\r\n"),
        refused("a NUL in the target", 400, "GET /\u0000 HTTP/1.1\r\nHost: t\r\n\r\n"),
        refused("a raw byte in the target", 400, "GET /\u00e4 HTTP/1.1\r\nHost: t\r\n\r\n"),
        refused("a fragment in the target", 400, "GET /#a HTTP/1.1\r\nHost: t\r\n\r\n"),
        refused("a method that is no token", 400, "GE(T / HTTP/1.1\r\nHost: t\r\n\r\n"),
        refused("a space before the method", 400, " GET / HTTP/1.1\r\nHost: t\r\n\r\n"),
        refused("no version", 400, "GET /\r\nHost: t\r\n\r\n"),
        refused("a version in lower case", 400, "GET / http/1.1\r\nHost: t\r\n\r\n"),
        refused("a version with junk", 400, "GET / HTTP/1.1x\r\nHost: t\r\n\r\n"),
        refused("another version", 505, "GET / HTTP/1.2\r\nHost: t\r\n\r\n"),
        refused("HTTP/2 with prior knowledge", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        refused("no host", 400, "GET / HTTP/1.1\r\n\r\n"),
        refused("two hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        refused("a list of hosts", 400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        refused("a host with a space", 400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        refused(
            "the absolute form of another host",
            400,
            "GET http://other/ HTTP/1.1\r\nHost: t\r\n\r\n"),
        refused(
            "the absolute form of another scheme", 400, "GET ftp://t/ HTTP/1.1\r\nHost: t\r\n\r\n"),
        refused("the authority form", 400, "CONNECT t:443 HTTP/1.1\r\nHost: t:443\r\n\r\n"),
        refused("CONNECT with a path", 400, "CONNECT / HTTP/1.1\r\nHost: t\r\n\r\n"),
        refused("a target that is no path", 400, "GET a/b HTTP/1.1\r\nHost: t\r\n\r\n"),
        refused("an asterisk for GET", 400, "GET * HTTP/1.1\r\nHost: t\r\n\r\n"),
        refused("another expectation", 417, post("Expect: 200-ok\r\nContent-Length: 1\r\n", "x")),
        refused("TLS on a plain port", 400, "\u0016\u0003\u0001\u0002\u0000\u0001"),
        refused("three empty lines", 400, "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: t\r\n\r\n"),
        refused("a chunk size with a sign", 400, chunks("+5\r\nhello\r\n0\r\n\r\n")),
        refused("a negative chunk size", 400, chunks("-5\r\nhello\r\n0\r\n\r\n")),
        refused("a chunk size with 0x", 400, chunks("0x5\r\nhello\r\n0\r\n\r\n")),
        refused("a chunk size with a space before", 400, chunks(" 5\r\nhello\r\n0\r\n\r\n")),
        refused("a chunk size with a space behind", 400, chunks("5 \r\nhello\r\n0\r\n\r\n")),
        refused(
            "a chunk size beyond all numbers",
            400,
            chunks("ffffffffffffffff\r\nhello\r\n0\r\n\r\n")),
        refused(
            "a chunk size that overflows to 5",
            400,
            chunks("10000000000000005\r\nhello\r\n0\r\n\r\n")),
        refused("no chunk size", 400, chunks("\r\nhello\r\n0\r\n\r\n")),
        refused("a chunk size with a bare LF", 400, chunks("5\nhello\r\n0\r\n\r\n")),
        refused("a chunk size with a bare CR", 400, chunks("5\rhello\r\n0\r\n\r\n")),
        refused("a chunk longer than its size", 400, chunks("5\r\nhello!\r\n0\r\n\r\n")),
        refused("a chunk shorter than its size", 400, chunks("6\r\nhello\r\n0\r\n\r\n")),
        refused("a chunk that ends with a bare LF", 400, chunks("5\r\nhello\n0\r\n\r\n")),
        refused("a chunk extension with a LF", 400, chunks("5;a\nb\r\nhello\r\n0\r\n\r\n")),
        refused(
            "an endless chunk extension",
            400,
            chunks("5;" + "a".repeat(5000) + "\r\nhello\r\n0\r\n\r\n")),
        refused("a trailer without a colon", 400, chunks("0\r\nTrailer\r\n\r\n")),
        refused("a folded trailer", 400, chunks("0\r\nA: b\r\n c\r\n\r\n")),
        refused("a trailer with a bare LF", 400, chunks("0\r\nA: b\n\r\n")),
        refused("endless trailers", 400, chunks("0\r\nA: " + "b".repeat(40_000) + "\r\n\r\n")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("requests")
  void isRefusedAndNothingBehindItIsRead(String name, int status, String request) throws Exception {
    try (RawClient client = RawClient.tcp(address)) {
      client.send(request + BEHIND);

      Answer answer = client.answer();
      assertThat(answer.status()).as(answer.text()).isEqualTo(status);
      assertThat(answer.header("Connection")).contains("close");
      assertThat(client.rest()).isEmpty();
    }
    assertThat(handled).doesNotContain("/smuggled");
  }

  static Stream<String> accepted() {
    return Stream.of(
        post("Content-Length: 5\r\n", "hello"),
        post("content-length:5\r\n", "hello"),
        post("Content-Length: \t 5 \t\r\n", "hello"),
        post("Content-Length: 0000005\r\n", "hello"),
        chunks("5\r\nhello\r\n0\r\n\r\n"),
        post("Transfer-Encoding: CHUNKED\r\n", "5\r\nhello\r\n0\r\n\r\n"),
        chunks("00005;name=value;other=\"q\"\r\nhello\r\n000\r\nTrailer: x\r\n\r\n"),
        "\r\nPOST / HTTP/1.1\r\nHost:\r\nContent-Length: 5\r\n\r\nhello",
        "POST http://T/ HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello",
        "POST http://t HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello",
        post("X: \u00e4\tb\r\nContent-Length: 5\r\n", "hello"));
  }

  @ParameterizedTest
  @MethodSource
  void accepted(String request) throws Exception {
    try (RawClient client = RawClient.tcp(address)) {
      client.send(request.getBytes(StandardCharsets.ISO_8859_1)).send(BEHIND);

      assertThat(client.answer().body()).isEqualTo("hello".getBytes(UTF_8));
      assertThat(client.answer().status()).isEqualTo(200);
    }
    assertThat(handled).containsExactly("/", "/smuggled");
  }
}
