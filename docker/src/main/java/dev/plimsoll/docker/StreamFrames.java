package dev.plimsoll.docker;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * The framing of a container's output when it has no terminal: each piece carries eight bytes in
 * front, {@code [stream, 0, 0, 0, size as big-endian uint32]}, so that stdout and stderr share one
 * connection.
 */
public final class StreamFrames {
  /** Which stream a piece belongs to. */
  public enum Stream {
    STDIN(0),
    STDOUT(1),
    STDERR(2),
    /** A sentence of the daemon itself about a stream that broke. */
    SYSTEM_ERROR(3);

    private final int code; // the first byte on the wire

    Stream(int code) {
      this.code = code;
    }

    static Optional<Stream> of(int code) {
      return Arrays.stream(values()).filter(stream -> stream.code == code).findFirst();
    }
  }

  /** One piece of output. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody; copying would double the traffic
  public record Frame(Stream stream, byte[] bytes) {}

  private static final int HEADER_BYTES = 8;

  /** A peer that announces more than this in one frame is broken or hostile. */
  private static final int FRAME_BYTES_MAX = 16 << 20;

  private StreamFrames() {}

  /**
   * Writes one frame as one write, so that frames of two threads cannot interleave as long as the
   * stream's writes are atomic. An empty piece writes nothing.
   */
  public static void write(OutputStream out, Stream stream, byte[] bytes, int offset, int length)
      throws IOException {
    if (length == 0) {
      return;
    }
    byte[] frame = new byte[HEADER_BYTES + length];
    frame[0] = (byte) stream.code;
    frame[4] = (byte) (length >>> 24);
    frame[5] = (byte) (length >>> 16);
    frame[6] = (byte) (length >>> 8);
    frame[7] = (byte) length;
    System.arraycopy(bytes, offset, frame, HEADER_BYTES, length);
    out.write(frame);
  }

  public static void write(OutputStream out, Stream stream, byte[] bytes) throws IOException {
    write(out, stream, bytes, 0, bytes.length);
  }

  /**
   * Reads the next frame; empty at a clean end.
   *
   * @throws EOFException if the stream ends inside a frame
   * @throws IOException if the header is none of this format
   */
  public static Optional<Frame> read(InputStream in) throws IOException {
    int first = in.read();
    if (first < 0) {
      return Optional.empty();
    }
    byte[] rest = in.readNBytes(HEADER_BYTES - 1);
    if (rest.length < HEADER_BYTES - 1) {
      throw new EOFException("the stream ended inside a frame header");
    }
    Optional<Stream> stream = Stream.of(first);
    if (stream.isEmpty() || (rest[0] | rest[1] | rest[2]) != 0) {
      throw new IOException("not a frame of a multiplexed stream: first byte " + first);
    }
    int length = ByteBuffer.wrap(rest).getInt(3);
    if (length < 0 || length > FRAME_BYTES_MAX) {
      throw new IOException(
          "a frame announces %d bytes; the limit is %d"
              .formatted(Integer.toUnsignedLong(length), FRAME_BYTES_MAX));
    }
    byte[] bytes = new byte[length];
    new DataInputStream(in).readFully(bytes);
    return Optional.of(new Frame(stream.get(), bytes));
  }
}
