package dev.plimsoll.transfer;

import dev.plimsoll.oci.ImageName;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/** One push. */
@SuppressWarnings("DoNotCallSuggester")
final class Push {
  private final ImageName name;

  Push(
      RegistrySettings settings,
      Semaphore uploads,
      RegistrySession session,
      ImageName name,
      BlobSource source,
      PushProgress progress) {
    this.name = name;
  }

  void run(ManifestContent manifest) throws IOException, InterruptedException {
    throw new IOException("pushing " + name + " is not possible yet");
  }
}
