package dev.plimsoll.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Users and groups as {@code /etc/passwd} and {@code /etc/group} have them, of this machine or of a
 * container's root: {@code passwd(5)}, {@code group(5)}. Other sources of names (LDAP, systemd) are not
 * asked. Reads anew each time; safe for many threads. Lines that are malformed are passed over, as the
 * C library does.
 */
public final class Accounts {

  public record User(String name, long uid, long gid, String home, String shell) {}

  public record Group(String name, long gid, List<String> members) {
    public Group {
      members = List.copyOf(members);
    }
  }

  private final List<User> users;
  private final List<Group> groups;

  private Accounts(List<User> users, List<Group> groups) {
    this.users = List.copyOf(users);
    this.groups = List.copyOf(groups);
  }

  /** Those of this machine. */
  public static Accounts ofThisMachine() throws IOException {
    return parse(readOrEmpty(Path.of("/etc/passwd")), readOrEmpty(Path.of("/etc/group")));
  }

  private static String readOrEmpty(Path file) throws IOException {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /** Reads the texts of the two files. */
  public static Accounts parse(String passwd, String group) {
    List<User> users = new ArrayList<>();
    for (String line : passwd.lines().toList()) {
      String[] fields = line.split(":", -1);
      if (fields.length >= 7 && isId(fields[2]) && isId(fields[3])) {
        users.add(
            new User(
                fields[0],
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                fields[5],
                fields[6]));
      }
    }
    List<Group> groups = new ArrayList<>();
    for (String line : group.lines().toList()) {
      String[] fields = line.split(":", -1);
      if (fields.length >= 4 && isId(fields[2])) {
        List<String> members = fields[3].isEmpty() ? List.of() : List.of(fields[3].split(",", -1));
        groups.add(new Group(fields[0], Long.parseLong(fields[2]), members));
      }
    }
    return new Accounts(users, groups);
  }

  private static boolean isId(String text) {
    return text.matches("\\d{1,10}");
  }

  public Optional<User> user(String name) {
    return users.stream().filter(user -> user.name().equals(name)).findFirst();
  }

  public Optional<User> user(long uid) {
    return users.stream().filter(user -> user.uid() == uid).findFirst();
  }

  public Optional<Group> group(String name) {
    return groups.stream().filter(group -> group.name().equals(name)).findFirst();
  }

  /** The groups that name {@code user} as a member; his own group of {@code passwd} may not be there. */
  public List<Group> groupsWith(String user) {
    return groups.stream().filter(group -> group.members().contains(user)).toList();
  }
}
