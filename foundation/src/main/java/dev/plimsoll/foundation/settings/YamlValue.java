package dev.plimsoll.foundation.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value in a YAML file together with the line it stands on, for files that are more than keys and
 * values: policies, lists of rules. Whatever is not as asked for is a {@link SettingsException} that
 * begins with file and line. Immutable.
 */
public final class YamlValue {
  private static final int FILE_MAX_BYTES = 1024 * 1024;

  private final String file;
  private final Node node;

  private YamlValue(String file, Node node) {
    this.file = file;
    this.node = node;
  }

  /** Reads a file; one without content is an empty map. */
  public static YamlValue read(Path file) {
    try {
      if (Files.size(file) > FILE_MAX_BYTES) {
        throw new SettingsException(
            "%s is larger than %d bytes; that is no such file".formatted(file, FILE_MAX_BYTES));
      }
      return parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new SettingsException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Reads text; {@code file} is what messages call it. */
  public static YamlValue parse(String file, String text) {
    try {
      Optional<Node> root =
          new Compose(LoadSettings.builder().setLabel(file).build()).composeString(text);
      return new YamlValue(
          file,
          root.filter(node -> !isNull(node))
              .orElseGet(() -> new MappingNode(Tag.MAP, List.of(), FlowStyle.BLOCK)));
    } catch (YamlEngineException e) {
      throw new SettingsException("%s is not YAML: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** The values of a map whose keys are all among {@code known}. */
  public Map<String, YamlValue> fields(String... known) {
    List<String> names = Arrays.asList(known);
    for (NodeTuple tuple : map().getValue()) {
      YamlValue key = new YamlValue(file, tuple.getKeyNode());
      if (!names.contains(key.text())) {
        throw key.wrong(
            "there is no key \"%s\" here; these are: %s"
                .formatted(key.text(), String.join(", ", known)));
      }
    }
    return entries();
  }

  /** The values of a map with keys of the writer's own choice, in order. */
  public SequencedMap<String, YamlValue> entries() {
    SequencedMap<String, YamlValue> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : map().getValue()) {
      YamlValue key = new YamlValue(file, tuple.getKeyNode());
      if (isNull(tuple.getValueNode())) {
        throw key.wrong(key.text() + " has no value");
      }
      if (entries.put(key.text(), new YamlValue(file, tuple.getValueNode())) != null) {
        throw key.wrong(key.text() + " stands here twice");
      }
    }
    return entries;
  }

  private MappingNode map() {
    if (!(node instanceof MappingNode map)) {
      throw wrong("a map of keys and values must stand here");
    }
    return map;
  }

  /** The items of a list; a single value counts as a list of one. */
  public List<YamlValue> items() {
    if (!(node instanceof SequenceNode list)) {
      return List.of(this);
    }
    List<YamlValue> items = new ArrayList<>();
    for (Node item : list.getValue()) {
      YamlValue value = new YamlValue(file, item);
      if (isNull(item)) {
        throw value.wrong("an item of this list is empty");
      }
      items.add(value);
    }
    return items;
  }

  /** Whether this is a map, where a text would do too. */
  public boolean isMap() {
    return node instanceof MappingNode;
  }

  /** The text of a value that is neither map nor list. */
  public String text() {
    if (!(node instanceof ScalarNode scalar)) {
      throw wrong("a single value must stand here");
    }
    return scalar.getValue();
  }

  /**
   * The text, read by {@code parse}, whose {@link IllegalArgumentException} becomes a sentence with
   * the line.
   */
  public <T> T as(Function<String, T> parse) {
    try {
      return parse.apply(text());
    } catch (IllegalArgumentException e) {
      SettingsException refusal = wrong(String.valueOf(e.getMessage()));
      refusal.initCause(e);
      throw refusal;
    }
  }

  /** What to throw when the value makes no sense for a reason that only the caller knows. */
  public SettingsException wrong(String reason) {
    return new SettingsException("%s, line %d: %s".formatted(file, line(), reason));
  }

  /** The line it begins on, counted from 1. */
  public int line() {
    return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  @Override
  public String toString() {
    return file + ", line " + line();
  }
}
