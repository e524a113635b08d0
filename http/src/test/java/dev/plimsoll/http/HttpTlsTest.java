package dev.plimsoll.http;

final class HttpTlsTest extends HttpContract {
  @Override
  TestServer.Kind kind() {
    return TestServer.Kind.TLS;
  }
}
