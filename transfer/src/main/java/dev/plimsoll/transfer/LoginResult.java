package dev.plimsoll.transfer;

/**
 * The answer to a login that was accepted.
 *
 * @param status for the user, Docker's words
 * @param identityToken to be kept instead of the password; empty where the registry has none
 */
public record LoginResult(String status, String identityToken) {
  @Override
  public String toString() {
    return status;
  }
}
