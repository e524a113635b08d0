package dev.plimsoll.engine.image;

/**
 * How an image is removed.
 *
 * @param force also if it has several names, or stopped containers use it
 * @param pruneParents images it was built from go too, if they have no name and nobody uses them
 */
public record RemoveOptions(boolean force, boolean pruneParents) {
  public static final RemoveOptions DEFAULT = new RemoveOptions(false, true);
}
