package dev.plimsoll.http;

final class HttpUnixTest extends HttpContract {
  @Override
  TestServer.Kind kind() {
    return TestServer.Kind.UNIX;
  }
}
