package dev.plimsoll.registry.event;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Who is about to change something, and what. For the thread that asks for it, which may add what it
 * learns on the way, and for those that go on with it.
 */
public final class AuditNote {
  private final String actor;
  private final String address;
  private final String request;
  private final String action;
  private volatile String detail = "";
  private final ReentrantLock keeping = new ReentrantLock();
  private volatile boolean kept;

  /**
   * A change that has not been made yet.
   *
   * @param address where the request comes from, or {@code -}
   * @param request its name in the logs, or {@code -}
   * @param action such as {@code DELETE /v2/team/app/manifests/1}; holds no secret
   */
  public AuditNote(String actor, String address, String request, String action) {
    this.actor = actor;
    this.address = address;
    this.request = request;
    this.action = action;
  }

  /** Says more than the action tells, such as whom a request's body names; never a secret. */
  public void detail(String more) {
    detail = more;
  }

  String actor() {
    return actor;
  }

  String address() {
    return address;
  }

  String request() {
    return request;
  }

  String action() {
    return action;
  }

  String detail() {
    return detail;
  }

  /** Whether a change was committed together with it. */
  boolean kept() {
    return kept;
  }

  void keep() {
    kept = true;
  }

  /** Held while it is being committed, for it is to be there once. */
  ReentrantLock keeping() {
    return keeping;
  }
}
