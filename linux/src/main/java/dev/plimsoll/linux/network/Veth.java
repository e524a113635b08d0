package dev.plimsoll.linux.network;

import dev.plimsoll.linux.FileDescriptor;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A pair of links to make, what goes into the one coming out of the other. A value; the methods
 * answer a new one.
 *
 * @param name of the end that stays in this namespace; it is switched on as it is made
 * @param master the index of the bridge that end becomes a port of
 * @param peerName of the other end, which is off at first
 * @param peerAddress the other end's; the kernel makes one up if there is none
 * @param peerNamespace where the other end is made, an open file of it; the caller closes that
 * @param mtu of both ends; the kernel's own if there is none
 */
public record Veth(
    String name,
    OptionalInt master,
    String peerName,
    Optional<MacAddress> peerAddress,
    Optional<FileDescriptor> peerNamespace,
    OptionalInt mtu) {

  public Veth {
    Link.checked(name);
    Link.checked(peerName);
  }

  public static Veth between(String name, String peerName) {
    return new Veth(
        name,
        OptionalInt.empty(),
        peerName,
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty());
  }

  public Veth master(int index) {
    return new Veth(name, OptionalInt.of(index), peerName, peerAddress, peerNamespace, mtu);
  }

  public Veth peerAddress(MacAddress address) {
    return new Veth(name, master, peerName, Optional.of(address), peerNamespace, mtu);
  }

  public Veth peerNamespace(FileDescriptor namespace) {
    return new Veth(name, master, peerName, peerAddress, Optional.of(namespace), mtu);
  }

  public Veth mtu(int mtu) {
    return new Veth(name, master, peerName, peerAddress, peerNamespace, OptionalInt.of(mtu));
  }
}
