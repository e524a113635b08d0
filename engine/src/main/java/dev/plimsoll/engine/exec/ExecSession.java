package dev.plimsoll.engine.exec;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * A client's end of an exec.
 *
 * @param framed whether output carries {@link dev.plimsoll.docker.StreamFrames}
 */
public record ExecSession(boolean framed, InputStream in, OutputStream out) {}
