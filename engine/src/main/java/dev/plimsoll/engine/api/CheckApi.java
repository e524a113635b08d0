package dev.plimsoll.engine.api;

import dev.plimsoll.engine.check.Findings;
import dev.plimsoll.engine.check.Inspection;
import dev.plimsoll.engine.check.Inspection.Mode;
import dev.plimsoll.http.Response;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * {@code POST /plimsoll/v1/check}: looks through everything that the engine keeps, which reads the
 * whole disk, and mends what it can; with {@code dry-run} it changes nothing. One at a time.
 */
public final class CheckApi implements Resource {
  private final List<Inspection> inspections;
  private final Lock oneAtATime = new ReentrantLock();

  public CheckApi(List<Inspection> inspections) {
    this.inspections = List.copyOf(inspections);
  }

  @Override
  public void routes(Router router) {
    router.post("/plimsoll/v1/check", this::check);
  }

  private void check(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    oneAtATime.lockInterruptibly();
    try {
      Mode mode = request.flag("dry-run") ? Mode.LOOK : Mode.MEND;
      JsonReply.ok(response, Findings.of(inspections, mode).report());
    } finally {
      oneAtATime.unlock();
    }
  }
}
