package dev.plimsoll.linux.cgroup;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Version 2 where it is mounted, its controllers there or not. */
class CgroupV2Test extends CgroupContract {
  @Override
  CgroupLayout layout() throws IOException {
    CgroupLayout machine = CgroupLayout.detect();
    Assumptions.assumeTrue(machine.unified().isPresent(), "cgroup v2 is not mounted");
    return new CgroupLayout(Map.of(), Optional.of(machine.unified().orElseThrow()), Map.of());
  }
}
