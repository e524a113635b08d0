/**
 * Layers of images: archives unpacked into directories that overlayfs can mount, each once however
 * many images have it.
 *
 * <pre>
 *   blob ─▶ inflate, hash ─▶ untar ─▶ staging/x/{fs,layer.json} ─▶ syncfs ─▶ rename ─▶ row
 *          (one thread)     (another)                                        layers/y/
 * </pre>
 *
 * <p>Promises:
 *
 * <ul>
 *   <li>A layer has a row only after all its bytes and names are on disk, and they are what its
 *       diffID says. A crash leaves staging directories and directories without a row; the next
 *       start removes both.
 *   <li>No archive, however hostile, makes anything be written, changed or read outside of its own
 *       directory: every step goes from a held directory to one name in it, and links are followed
 *       by us, inside the layer.
 *   <li>A directory name is never used twice, so a late delete cannot hit a new layer.
 * </ul>
 *
 * <p>A layer that leans on what is below it (it has an entry whose parent it does not list, or a
 * hard link to a file of a lower layer) means something else on another base: it is unpacked after
 * the layers below and kept under its chainID. All others are kept under their diffID and unpacked
 * side by side.
 *
 * <p>This package knows nothing of names, registries or HTTP. Start reading at {@link
 * dev.plimsoll.engine.layer.Layers}.
 */
@NullMarked
package dev.plimsoll.engine.layer;

import org.jspecify.annotations.NullMarked;
