package dev.plimsoll.engine.tar;

/** What a member of an archive is. */
public enum TarType {
  FILE('0'),
  HARD_LINK('1'),
  SYMBOLIC_LINK('2'),
  CHARACTER_DEVICE('3'),
  BLOCK_DEVICE('4'),
  DIRECTORY('5'),
  FIFO('6');

  private final char flag;

  TarType(char flag) {
    this.flag = flag;
  }

  /** As a header has it. */
  char flag() {
    return flag;
  }
}
