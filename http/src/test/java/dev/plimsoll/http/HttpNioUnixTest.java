package dev.plimsoll.http;

final class HttpNioUnixTest extends HttpContract {
  @Override
  TestServer.Kind kind() {
    return TestServer.Kind.NIO_UNIX;
  }
}
