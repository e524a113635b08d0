package dev.plimsoll.engine.runtime;

import dev.plimsoll.oci.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A seccomp profile in Docker's form, whose rules may depend on architecture, capabilities and
 * kernel version, turned into the form of the runtime specification, where everything is decided.
 *
 * @see <a href="https://github.com/opencontainers/runtime-spec/blob/v1.1.0/config-linux.md#seccomp">
 *     OCI runtime-spec 1.1.0, Seccomp</a>
 */
public final class SeccompProfile {
  private static final Map<String, String> NAMES =
      Map.of(
          "amd64", "SCMP_ARCH_X86_64",
          "arm64", "SCMP_ARCH_AARCH64",
          "386", "SCMP_ARCH_X86",
          "arm", "SCMP_ARCH_ARM",
          "ppc64le", "SCMP_ARCH_PPC64LE",
          "s390x", "SCMP_ARCH_S390X",
          "riscv64", "SCMP_ARCH_RISCV64");

  private final JsonNode profile;

  private SeccompProfile(JsonNode profile) {
    this.profile = profile;
  }

  /** Reads a profile; throws {@link IllegalArgumentException} if it is not one. */
  public static SeccompProfile parse(byte[] json) {
    JsonNode tree = Json.tree(json);
    if (!tree.isObject() || !tree.has("defaultAction")) {
      throw new IllegalArgumentException("not a seccomp profile: it has no defaultAction");
    }
    return new SeccompProfile(tree);
  }

  /**
   * Decides every rule.
   *
   * @param architecture in Go's words, such as {@code amd64}
   * @param capabilities of the container, such as {@code CAP_SYS_ADMIN}
   * @param kernelMajor of the running kernel, as is {@code kernelMinor}
   */
  public Map<String, Object> decide(
      String architecture, Set<String> capabilities, int kernelMajor, int kernelMinor) {
    Map<String, Object> decided = new LinkedHashMap<>();
    decided.put("defaultAction", profile.get("defaultAction").asString());
    number(profile.get("defaultErrnoRet")).ifPresent(n -> decided.put("defaultErrnoRet", n));
    List<String> architectures = architectures(architecture);
    if (!architectures.isEmpty()) {
      decided.put("architectures", architectures);
    }
    List<Object> rules = new ArrayList<>();
    for (JsonNode rule : profile.path("syscalls")) {
      if (applies(
          rule.path("includes"),
          rule.path("excludes"),
          architecture,
          capabilities,
          kernelMajor,
          kernelMinor)) {
        rules.add(rule(rule));
      }
    }
    decided.put("syscalls", rules);
    return decided;
  }

  private List<String> architectures(String architecture) {
    List<String> names = new ArrayList<>();
    profile.path("architectures").forEach(a -> names.add(a.asString()));
    String own = NAMES.getOrDefault(architecture, "");
    for (JsonNode entry : profile.path("archMap")) {
      if (entry.path("architecture").asString("").equals(own)) {
        names.add(own);
        entry.path("subArchitectures").forEach(a -> names.add(a.asString()));
      }
    }
    return names;
  }

  private static boolean applies(
      JsonNode includes,
      JsonNode excludes,
      String architecture,
      Set<String> capabilities,
      int kernelMajor,
      int kernelMinor) {
    return containsAny(includes.path("arches"), Set.of(architecture), true)
        && texts(includes.path("caps")).stream().allMatch(capabilities::contains)
        && !containsAny(excludes.path("arches"), Set.of(architecture), false)
        && !containsAny(excludes.path("caps"), capabilities, false)
        && kernelAtLeast(includes.path("minKernel"), kernelMajor, kernelMinor)
        && (excludes.path("minKernel").isMissingNode()
            || !kernelAtLeast(excludes.path("minKernel"), kernelMajor, kernelMinor));
  }

  private static boolean containsAny(JsonNode list, Set<String> wanted, boolean ifAbsent) {
    List<String> texts = texts(list);
    return texts.isEmpty() ? ifAbsent : texts.stream().anyMatch(wanted::contains);
  }

  private static boolean kernelAtLeast(JsonNode version, int major, int minor) {
    String text = version.asString("");
    if (text.isEmpty()) {
      return true;
    }
    String[] parts = text.split("\\.", -1);
    int wantedMajor = Integer.parseInt(parts[0]);
    int wantedMinor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
    return major > wantedMajor || (major == wantedMajor && minor >= wantedMinor);
  }

  private static Map<String, Object> rule(JsonNode rule) {
    Map<String, Object> written = new LinkedHashMap<>();
    List<String> names = new ArrayList<>(texts(rule.path("names")));
    if (rule.hasNonNull("name")) {
      names.add(rule.get("name").asString());
    }
    written.put("names", names);
    written.put("action", rule.path("action").asString());
    number(rule.get("errnoRet")).ifPresent(n -> written.put("errnoRet", n));
    List<Object> args = new ArrayList<>();
    for (JsonNode arg : rule.path("args")) {
      Map<String, Object> condition = new LinkedHashMap<>();
      condition.put("index", arg.path("index").asLong());
      condition.put("value", arg.path("value").bigIntegerValue());
      number(arg.get("valueTwo")).filter(n -> n != 0).ifPresent(n -> condition.put("valueTwo", n));
      condition.put("op", arg.path("op").asString());
      args.add(condition);
    }
    if (!args.isEmpty()) {
      written.put("args", args);
    }
    return written;
  }

  private static Optional<Long> number(@org.jspecify.annotations.Nullable JsonNode node) {
    return node == null || !node.isNumber() ? Optional.empty() : Optional.of(node.asLong());
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(node -> texts.add(node.asString()));
    return texts;
  }
}
