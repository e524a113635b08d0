/**
 * The values of the OCI specifications and of Docker's image names: {@link
 * dev.plimsoll.oci.Digest}, {@link dev.plimsoll.oci.Reference}, {@link dev.plimsoll.oci.Descriptor},
 * {@link dev.plimsoll.oci.Manifest}, {@link dev.plimsoll.oci.ImageConfig}.
 *
 * <p>Promises:
 *
 * <ul>
 *   <li>A value that exists is legal; text is parsed once, at the door, and refused with the text
 *       in the message.
 *   <li>Reading never changes bytes: whoever stores a manifest keeps the bytes it was read from.
 *   <li>Unknown fields are allowed everywhere, as both specifications demand.
 * </ul>
 *
 * <p>There is no I/O here, and nothing knows of HTTP or disks. Start reading at {@link
 * dev.plimsoll.oci.Manifest}.
 */
@NullMarked
package dev.plimsoll.oci;

import org.jspecify.annotations.NullMarked;
