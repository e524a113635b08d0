package dev.plimsoll.linux.network;

import java.io.IOException;

/**
 * Rules that were not taken. Nothing of their text holds.
 *
 * <p>{@link #says} is nft's own text: for each fault a line with its place and reason, as {@code Could not
 * process rule: File exists}, then the command with a mark below.
 */
public final class NfTablesException extends IOException {
  private final String says;

  NfTablesException(String says) {
    super("nftables: " + firstLine(says));
    this.says = says;
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("refused without a word");
  }

  public String says() {
    return says;
  }

  /** Whether something was to be made that is there already, with other contents. */
  public boolean alreadyExists() {
    return says.contains("File exists");
  }

  /** Whether something was to be changed or deleted that is not there. */
  public boolean notFound() {
    return says.contains("No such file or directory");
  }
}
