package dev.plimsoll.linux.network;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Packet rules, in the language of {@code nft(8)}. A text of several commands is one transaction: all of
 * it holds, or nothing.
 *
 * <p>Safe for many threads; one text after the other. Whoever opened it closes it. It changes the rules of
 * the network namespace it was opened for.
 */
public sealed interface NfTables extends AutoCloseable permits LibNfTables, NftProgram {

  /**
   * For the namespace of this program: by the library {@code libnftables} (0.2 to 0.6 ms a transaction),
   * else by the program {@code nft} (5 to 15 ms).
   *
   * @throws IOException if the machine has neither, with what to install
   */
  static NfTables open() throws IOException {
    return LibNfTables.isPresent() ? LibNfTables.open() : NftProgram.open();
  }

  /** As {@link #open()}, for the network namespace at {@code path}, which lives on while it is open. */
  static NfTables open(Path path) throws IOException, InterruptedException {
    return LibNfTables.isPresent() ? LibNfTables.open(path) : NftProgram.open(path);
  }

  /**
   * Carries out {@code commands}, lines as {@code add element inet plimsoll any4 {…}}.
   *
   * @return what they print, for {@code list}
   * @throws NfTablesException if one is wrong or cannot be done; nothing has changed then
   */
  String run(String commands) throws IOException;

  /** As {@link #run}, printed as JSON: {@code libnftables-json(5)}. */
  String runForJson(String commands) throws IOException;

  /** Says whether {@code commands} could be carried out, and changes nothing. */
  void check(String commands) throws IOException;

  /** By which way the rules go, for people. */
  String describe();

  @Override
  void close();
}
