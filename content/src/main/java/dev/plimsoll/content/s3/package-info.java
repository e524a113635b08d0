/**
 * The content store in a bucket of any S3-speaking server.
 *
 * <pre>
 *   append ──▶ local file of one part ──full──▶ S3, in the background
 *   force  ──▶ uploads/ID/…: parts so far, digest so far, the bytes that fill no part yet
 *   commit ──▶ blobs/sha256/HEX-GENERATION, or that as a mark and parts/GENERATION with the bytes
 * </pre>
 *
 * <p>It keeps the promises of {@link dev.plimsoll.content}, and runs the same contract tests. Beyond
 * them:
 *
 * <ul>
 *   <li>Nothing is ever copied or renamed to become a blob, so a commit takes no longer for a large
 *       one.
 *   <li>What one process has forced another can go on with.
 *   <li>Every call may be carried out and reported as failed, carried out twice, or late: names are
 *       used once, and what is there already is taken for done.
 *   <li>An outage is an {@link dev.plimsoll.foundation.UnavailableException}; an ingest that it ends
 *       can be resumed where it was forced last.
 * </ul>
 *
 * <p>No type of AWS's leaves this package. Begin at {@link
 * dev.plimsoll.content.s3.S3ContentStore}; why it is so is in {@code docs/decisions/0011-s3.md} and
 * {@code 0012-replicas.md}.
 */
@NullMarked
package dev.plimsoll.content.s3;

import org.jspecify.annotations.NullMarked;
