package dev.plimsoll.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a Linux kernel. For telling people; what a kernel can do is found out by trying, as
 * distributions carry new things back to old numbers.
 *
 * @param release the whole of it, as {@code uname -r} prints it
 */
public record KernelVersion(int major, int minor, String release) {
  private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+)\\S*");

  /** Of the kernel that runs. */
  public static KernelVersion current() throws IOException {
    return parse(Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
  }

  /** Reads {@code 6.1.0-44-amd64}; throws {@link IllegalArgumentException} on anything else. */
  public static KernelVersion parse(String release) {
    Matcher matcher = RELEASE.matcher(release);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("no kernel release: \"" + release + "\"");
    }
    return new KernelVersion(
        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), release);
  }

  public boolean isAtLeast(int major, int minor) {
    return this.major > major || (this.major == major && this.minor >= minor);
  }

  @Override
  public String toString() {
    return release;
  }
}
