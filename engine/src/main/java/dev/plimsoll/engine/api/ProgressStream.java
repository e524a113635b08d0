package dev.plimsoll.engine.api;

import dev.plimsoll.docker.image.ProgressMessage;
import dev.plimsoll.docker.image.ProgressMessage.Detail;
import dev.plimsoll.engine.image.Progress;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Progress as lines of JSON in the answer. The answer begins with the first line, so that what is
 * refused before anything was done still gets a status of its own. A client that has gone is
 * noticed once and no more written to.
 */
final class ProgressStream implements Progress, AutoCloseable {
  private static final byte[] NEWLINE = {'\r', '\n'};

  private final Response response;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable OutputStream out;
  private boolean gone;
  private boolean refused;

  ProgressStream(Response response) {
    this.response = response;
  }

  @Override
  public void status(String text) {
    write(ProgressMessage.status(text));
  }

  @Override
  public void status(String id, String text) {
    write(ProgressMessage.status(id, text));
  }

  @Override
  public void layer(String id, String text) {
    write(ProgressMessage.layer(id, text, Detail.NONE));
  }

  @Override
  public void layer(String id, String text, long currentBytes, long totalBytes) {
    write(ProgressMessage.layer(id, text, new Detail(currentBytes, totalBytes)));
  }

  @Override
  public void stream(String text) {
    write(ProgressMessage.stream(text));
  }

  @Override
  public void aux(Object value) {
    write(ProgressMessage.aux(value));
  }

  /**
   * Ends the answer with why it went no further. Before the first line nothing is written, and the
   * failure is thrown on, to become the whole answer.
   */
  void fail(Exception failure) throws Exception {
    lock.lock();
    try {
      if (out == null && !gone) {
        refused = true;
        throw failure;
      }
    } finally {
      lock.unlock();
    }
    write(ProgressMessage.error(Errors.of(failure).message()));
  }

  private void write(ProgressMessage message) {
    lock.lock();
    try {
      if (gone) {
        return;
      }
      if (out == null) {
        out = response.status(200).header("Content-Type", "application/json").stream();
      }
      out.write(Json.write(message));
      out.write(NEWLINE);
      out.flush();
    } catch (IOException e) {
      gone = true; // nobody reads any more; the work itself goes on or is interrupted elsewhere
    } finally {
      lock.unlock();
    }
  }

  /** Ends the answer; one that never began becomes an empty 200, unless it was refused. */
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      if (out != null) {
        out.close();
      } else if (!refused && !response.committed()) {
        response.status(200).header("Content-Type", "application/json").send();
      }
    } finally {
      lock.unlock();
    }
  }
}
