package dev.plimsoll.engine.layer;

import dev.plimsoll.engine.tar.TarEntry;
import dev.plimsoll.engine.tar.TarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An archive made member by member, hostile ones included. */
public final class TestArchive {

  /** A header and what follows it. */
  public record Member(TarEntry entry, String content) {}

  private final List<Member> members = new ArrayList<>();

  public TestArchive add(Member... more) {
    members.addAll(List.of(more));
    return this;
  }

  public TestArchive add(TarEntry entry, Member... more) {
    members.add(new Member(entry, ""));
    return add(more);
  }

  public byte[] bytes() throws IOException {
    var out = new ByteArrayOutputStream();
    var writer = new TarWriter(out);
    for (Member member : members) {
      writer.add(member.entry(), member.content().getBytes(StandardCharsets.UTF_8));
    }
    writer.finish();
    return out.toByteArray();
  }
}
