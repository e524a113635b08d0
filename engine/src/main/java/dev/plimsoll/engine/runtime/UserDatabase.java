package dev.plimsoll.engine.runtime;

import dev.plimsoll.engine.refusal.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A container's {@code /etc/passwd} and {@code /etc/group}. Lines that make no sense are skipped, as
 * the C library does.
 */
public final class UserDatabase {
  private static final long ID_MAX = Integer.MAX_VALUE;

  private record Person(String name, long uid, long gid, String home) {}

  private record Group(String name, long gid, List<String> members) {}

  private final List<Person> people = new ArrayList<>();
  private final List<Group> groups = new ArrayList<>();

  /** Reads the texts of the two files; an absent file is an empty text. */
  public UserDatabase(String passwd, String group) {
    for (String line : passwd.split("\n", -1)) {
      String[] fields = line.strip().split(":", -1);
      if (fields.length >= 4 && isNumber(fields[2]) && isNumber(fields[3])) {
        people.add(
            new Person(
                fields[0],
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                fields.length > 5 ? fields[5] : ""));
      }
    }
    for (String line : group.split("\n", -1)) {
      String[] fields = line.strip().split(":", -1);
      if (fields.length >= 3 && isNumber(fields[2])) {
        List<String> members = fields.length > 3 ? List.of(fields[3].split(",", -1)) : List.of();
        groups.add(new Group(fields[0], Long.parseLong(fields[2]), members));
      }
    }
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() < 12
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /**
   * Finds the user that a setting means: empty, {@code name}, {@code uid}, {@code name:group}, …
   * with the groups it is in and those that were added.
   *
   * @throws EngineException.BadParameter in dockerd's words for a name that is not there
   */
  public ProcessUser resolve(String user, List<String> groupAdd) {
    int colon = user.indexOf(':');
    String name = colon < 0 ? user : user.substring(0, colon);
    Optional<String> groupName =
        colon < 0 || colon == user.length() - 1
            ? Optional.empty()
            : Optional.of(user.substring(colon + 1));
    Optional<Person> person = person(name);
    long uid = person.map(Person::uid).orElseGet(() -> number(name, "uids and gids"));
    if (person.isEmpty() && !name.isEmpty() && !isNumber(name)) {
      throw new EngineException.BadParameter(
          "unable to find user %s: no matching entries in passwd file".formatted(name));
    }
    TreeSet<Long> additional = new TreeSet<>();
    long gid;
    if (groupName.isPresent()) {
      gid = gid(groupName.get());
    } else {
      gid = person.map(Person::gid).orElse(0L);
      person.ifPresent(p ->
          groups.stream()
              .filter(g -> g.members().contains(p.name()))
              .forEach(g -> additional.add(g.gid())));
    }
    groupAdd.forEach(g -> additional.add(gid(g)));
    String home = person.map(Person::home).filter(h -> !h.isEmpty()).orElse("/");
    List<Long> gids = new ArrayList<>(List.of(gid));
    additional.stream().filter(g -> g != gid).forEach(gids::add);
    return new ProcessUser(uid, gid, gids, home);
  }

  private Optional<Person> person(String name) {
    String wanted = name.isEmpty() ? "0" : name;
    Optional<Person> byName = people.stream().filter(p -> p.name().equals(wanted)).findFirst();
    if (byName.isPresent() || !isNumber(wanted)) {
      return byName;
    }
    long uid = Long.parseLong(wanted);
    return people.stream().filter(p -> p.uid() == uid).findFirst();
  }

  private long gid(String name) {
    Optional<Group> byName = groups.stream().filter(g -> g.name().equals(name)).findFirst();
    if (byName.isPresent()) {
      return byName.get().gid();
    }
    if (!isNumber(name)) {
      throw new EngineException.BadParameter(
          "unable to find group %s: no matching entries in group file".formatted(name));
    }
    return number(name, "uids and gids");
  }

  private static long number(String text, String what) {
    if (!isNumber(text)) {
      return 0;
    }
    long value = Long.parseLong(text);
    if (value > ID_MAX) {
      throw new EngineException.BadParameter("%s must be in range 0-%d".formatted(what, ID_MAX));
    }
    return value;
  }
}
