import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One connection that is kept, and little else: on two cores a client that computes much takes from
 * the server what is to be measured. Answers with a length only, as all that is asked here have one.
 */
final class Http implements AutoCloseable {
  static final byte[] NOTHING = {};
  private final URI base;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  Http(String url) throws IOException {
    base = URI.create(url);
    socket = new Socket(base.getHost(), base.getPort());
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
    out = socket.getOutputStream();
  }

  record Answer(int status, Map<String, String> fields, byte[] body) {
    /** Path and query of the address that the answer names. */
    String location() {
      URI place = URI.create(fields.get("location"));
      return place.getRawPath() + (place.getRawQuery() == null ? "" : "?" + place.getRawQuery());
    }
  }

  /** Sends one request; fails unless it is answered with {@code wanted}. */
  Answer send(int wanted, String method, String target, String fields, byte[] body)
      throws IOException {
    byte[] head =
        (method + " " + target + " HTTP/1.1\r\nHost: " + base.getAuthority() + "\r\n" + fields
                + (method.equals("GET") || method.equals("HEAD")
                    ? ""
                    : "Content-Length: " + body.length + "\r\n")
                + "\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] whole = new byte[head.length + body.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(body, 0, whole, head.length, body.length);
    out.write(whole);
    Answer answer = read(method);
    if (answer.status() != wanted) {
      throw new IllegalStateException(
          "%s %s was answered %d: %s"
              .formatted(method, target, answer.status(), new String(answer.body())));
    }
    return answer;
  }

  private Answer read(String method) throws IOException {
    int status = Integer.parseInt(line().split(" ", 3)[1]);
    Map<String, String> fields = new HashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      fields.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    if (method.equals("HEAD") || status == 204) {
      return new Answer(status, fields, NOTHING);
    }
    if (fields.containsKey("transfer-encoding")) {
      var body = new java.io.ByteArrayOutputStream();
      for (int size = chunk(); size > 0; size = chunk()) {
        body.write(in.readNBytes(size));
        line();
      }
      line();
      return new Answer(status, fields, body.toByteArray());
    }
    int length = Integer.parseInt(fields.getOrDefault("content-length", "0"));
    return new Answer(status, fields, in.readNBytes(length));
  }

  private int chunk() throws IOException {
    return Integer.parseInt(line(), 16);
  }

  private String line() throws IOException {
    var line = new StringBuilder(80);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the server has hung up");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
