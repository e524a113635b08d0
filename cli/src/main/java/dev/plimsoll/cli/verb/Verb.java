package dev.plimsoll.cli.verb;

import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * One command: the words that call it, what the overview says of it, and how it is made. It is made
 * only when it is called, because building all commands costs more than half of a short one's time.
 *
 * @param name as typed after {@code plimsoll}, such as {@code registry gc}
 * @param summary half a line, without a capital or a full stop
 * @param command makes the picocli command, which answers the exit code
 */
public record Verb(String name, String summary, Supplier<? extends Callable<Integer>> command) {}
