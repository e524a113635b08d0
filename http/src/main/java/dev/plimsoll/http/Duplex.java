package dev.plimsoll.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The bytes of a connection that has left HTTP behind, both ways independently: one thread may read
 * while another writes. There are no time-outs here; a dead peer is found by TCP keep-alive.
 */
public interface Duplex extends AutoCloseable {
  /** What the peer sends; ends when the peer has closed its side, which does not end the other. */
  InputStream input();

  /** Sends at once, without buffering. Closing it half-closes: the peer reads an end, and may go on sending. */
  OutputStream output();

  /** Closes both ways after what was written has been sent. Reads and writes in progress end. */
  @Override
  void close() throws IOException;
}
