package dev.plimsoll.linux.network;

import java.io.IOException;
import java.nio.file.Path;

class NftProgramTest extends NfTablesContract {
  @Override
  NfTables open(Path namespace) throws IOException {
    return NftProgram.open(namespace);
  }
}
