package dev.plimsoll.transfer;

/** Where the credentials for one registry come from, while they may be renewed. Safe for many threads. */
public interface CredentialsSource {
  /** What is to be shown now. */
  Credentials present();

  /** What is to be shown after these were refused; the same if there is nothing newer. */
  default Credentials renewed() {
    return present();
  }
}
