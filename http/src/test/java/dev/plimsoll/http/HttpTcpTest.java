package dev.plimsoll.http;

final class HttpTcpTest extends HttpContract {
  @Override
  TestServer.Kind kind() {
    return TestServer.Kind.TCP;
  }
}
