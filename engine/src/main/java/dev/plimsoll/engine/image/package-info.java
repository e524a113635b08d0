/**
 * The images of this machine: their names, what they are made of, when they were pulled and last
 * used, and how they come in (pull, load, import), go out (push, save) and go away (remove, prune).
 *
 * <pre>
 *   pull ─┐                                             ┌─▶ lowerDirectories ─▶ containers
 *   load ─┼─▶ blobs in the content store ─▶ layers ─▶ image row, names ─▶ push, save
 *   import┘                                             └─▶ remove, prune ─▶ nothing
 * </pre>
 *
 * <p>Promises:
 *
 * <ul>
 *   <li>An image is visible only after its configuration and all its layers are on disk; after a
 *       power cut it is wholly there or wholly absent.
 *   <li>Configurations, manifests and compressed layers are kept as the bytes they came as: a push
 *       sends what was pulled, and a damaged layer directory is made anew from them.
 *   <li>Whatever an image in the list, a container or a running pull needs is never deleted; what
 *       nobody needs is, and a crash at any step only leaves more of that.
 * </ul>
 *
 * <p>This package knows nothing of containers (they tell it through {@link
 * dev.plimsoll.engine.image.ImageUsers}) and nothing of HTTP. Start reading at {@link
 * dev.plimsoll.engine.image.Images}.
 */
@NullMarked
package dev.plimsoll.engine.image;

import org.jspecify.annotations.NullMarked;
