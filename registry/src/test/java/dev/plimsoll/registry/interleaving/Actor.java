package dev.plimsoll.registry.interleaving;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Somebody who takes steps: a client with some things to do, or a part of the collector. */
final class Actor {

  /**
   * What a client remembers from one thing it did to the next.
   *
   * @param heldUntil until when all that it was promised so far is promised
   * @param deletion what it has deleted
   */
  record Memory(Instant heldUntil, Optional<Long> deletion) {
    static final Memory NONE = new Memory(Instant.MAX, Optional.empty());
  }

  /** One thing to do. Must do the same again when it is answered the same. */
  interface Deed {
    Memory run(Memory memory) throws IOException;
  }

  /** Unwinds a deed that has taken its one step. Not an Exception: nobody may catch it. */
  static final class Paused extends Error {
    private static final long serialVersionUID = 1L;

    Paused() {
      super("paused", null, false, false);
    }
  }

  final String name;
  final boolean cyclic;
  private final List<Deed> deeds;
  private State state = new State(0, Memory.NONE, List.of());
  private int position;
  private boolean stepped;

  private Actor(String name, boolean cyclic, List<Deed> deeds) {
    this.name = name;
    this.cyclic = cyclic;
    this.deeds = deeds;
  }

  /** Does one thing after the other. */
  static Actor client(String name, List<Deed> deeds) {
    return new Actor(name, false, List.copyOf(deeds));
  }

  /** Does the same again and again. */
  static Actor cyclic(String name, Deed deed) {
    return new Actor(name, true, List.of(deed));
  }

  /**
   * How far it has got.
   *
   * @param answers to the steps of the present deed
   */
  record State(int deed, Memory memory, List<Object> answers) {
    /** What of this can make a difference from now on. */
    String text(Instant now) {
      Instant held = memory.heldUntil().isBefore(now) ? now : memory.heldUntil();
      return deed + " " + held + memory.deletion() + answers;
    }
  }

  State state() {
    return state;
  }

  void restore(State earlier) {
    state = earlier;
  }

  boolean isDone() {
    return state.deed() == deeds.size();
  }

  /** Takes one step. */
  void step() throws IOException {
    position = 0;
    stepped = false;
    try {
      Memory memory = deeds.get(state.deed()).run(state.memory());
      state = new State(cyclic ? 0 : state.deed() + 1, memory, List.of());
    } catch (Paused e) {
      // It will go on from here.
    }
  }

  interface Live {
    Object run() throws IOException;
  }

  /** The answer of a step: from the record, or by taking it now. */
  Object answer(Live live) throws IOException {
    if (position == state.answers().size()) {
      if (stepped) {
        throw new Paused();
      }
      stepped = true;
      record(live);
    }
    return next();
  }

  private Object next() throws IOException {
    Object answer = state.answers().get(position++);
    if (answer instanceof IOException e) {
      throw e;
    }
    if (answer instanceof RuntimeException e) {
      throw e;
    }
    return answer;
  }

  /** Something it looks at that is no step of its own, such as the time. */
  Object glance(Live live) throws IOException {
    if (position == state.answers().size()) {
      record(live);
    }
    return next();
  }

  private void record(Live live) throws IOException {
    Object answer;
    try {
      answer = live.run();
    } catch (IOException | RuntimeException e) {
      answer = e;
    }
    List<Object> longer = new ArrayList<>(state.answers());
    longer.add(answer);
    state = new State(state.deed(), state.memory(), longer);
  }
}
