/**
 * The Docker Engine API as data: what travels over the socket, and nothing of who answers.
 *
 * <p>The records of each subject live in a package of their own ({@code docker.container}, {@code
 * docker.image} …), with the field names of the API description 1.51. Here is what all of them
 * share: the {@link dev.plimsoll.docker.ApiVersion} that client and server agree on, the {@link
 * dev.plimsoll.docker.StreamFrames} of attach and logs, the {@link
 * dev.plimsoll.docker.AuthConfig} in the {@code X-Registry-Auth} header, and the client.
 */
@NullMarked
package dev.plimsoll.docker;

import org.jspecify.annotations.NullMarked;
