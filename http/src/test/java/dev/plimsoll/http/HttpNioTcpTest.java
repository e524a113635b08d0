package dev.plimsoll.http;

final class HttpNioTcpTest extends HttpContract {
  @Override
  TestServer.Kind kind() {
    return TestServer.Kind.NIO_TCP;
  }
}
