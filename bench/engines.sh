# Debian's docker.io and our engine beside each other, for the benchmark and the campaign of parity.
# Sourced after bench/lib.sh with $data set to a directory for both.
#
# Each daemon runs in mount, network and pid namespaces of its own: neither sees the other's bridge
# or rules, a Docker that the machine already has is left alone, and ending the first process of the
# pid namespace ends everything that it started. docker.io is unpacked from its packages, not
# installed. Both are driven by the same docker client.
# shellcheck shell=bash

peer_root=$work/docker.io
unpack_peer() {
  mkdir -p "$peer_root/debs"
  chmod 755 "$work"
  (cd "$peer_root/debs" && apt-get download -qq docker.io containerd tini >/dev/null 2>"$work/apt.log") \
    || die "docker.io cannot be downloaded: $(tail -n 1 "$work/apt.log")"
  local deb
  for deb in "$peer_root"/debs/*.deb; do dpkg -x "$deb" "$peer_root"; done
  peer_version=$(dpkg-deb -f "$peer_root"/debs/docker.io_*.deb Version)
  containerd_version=$(dpkg-deb -f "$peer_root"/debs/containerd_*.deb Version)
}

declare -A socket=([peer]=$data/peer/docker.sock [ours]=$data/ours/engine.sock) first=()
peer_group=plimsoll-bench-$$
# The engine names its control groups after its data directory, by a CRC-32, as the end of a gzip has.
our_group=plimsoll-$(printf '%s' "$data/ours" | gzip -c | tail -c 8 | head -c 4 | od -An -tx4 | tr -d ' ')

cat >"$work/peer.sh" <<S
ip link set lo up
mount -t tmpfs tmpfs /run
${beside:-}
export PATH=$peer_root/usr/bin:$peer_root/usr/sbin:\$PATH
exec dockerd --data-root $data/peer/data --exec-root /run/docker --pidfile /run/docker.pid \
  --cgroup-parent /$peer_group --log-level warn -H unix://${socket[peer]}
S
cat >"$work/ours.sh" <<S
ip link set lo up
mount -t tmpfs tmpfs /run
${beside:-}
exec $root/plimsoll engine serve --data $data/ours --run /run/plimsoll --socket ${socket[ours]}
S

start() { # start SIDE: sets first[SIDE] to the namespace's first process
  local side=$1 parent i
  mkdir -p "$data/$side"
  unshare --mount --net --pid --fork --kill-child --mount-proc \
    catatonit -- sh "$work/$side.sh" >>"$work/$side.log" 2>&1 &
  parent=$!
  for i in $(seq 1 200); do first[$side]=$(pgrep -P "$parent") && break; sleep 0.01; done
  pids+=("${first[$side]}")
  await_http "${first[$side]}" --unix-socket "${socket[$side]}" http://engine/_ping
}
stop() { # stop SIDE: lets the daemon end by itself, then ends what it may have left
  kill "${first[$1]}" 2>/dev/null || true
  ended "${first[$1]}" || kill -KILL "${first[$1]}" 2>/dev/null || true
  rm -f "${socket[$1]}"
}
groups_away() {
  local top name
  for top in /sys/fs/cgroup /sys/fs/cgroup/*; do
    for name in "$peer_group" "$our_group"; do
      [ -d "$top/$name" ] && find "$top/$name" -depth -type d -exec rmdir {} \; 2>/dev/null
    done
  done
  return 0
}
trap 'cleanup; groups_away; rm -rf "$data"' EXIT

# archive FILE NAME LAYER...: a docker archive of tar files
archive() {
  local file=$1 name=$2 dir layer digests='' layers='' sum
  shift 2
  dir=$(mktemp -d "$data/archive.XXXXXX")
  for layer; do
    sum=$(sha256sum "$layer" | cut -d' ' -f1)
    mkdir -p "$dir/$sum"
    mv "$layer" "$dir/$sum/layer.tar"
    digests=$digests,\"sha256:$sum\" layers=$layers,\"$sum/layer.tar\"
  done
  printf '{"created":"2020-01-02T03:04:05Z","architecture":"%s","os":"linux","config":{"Cmd":["/bin/sh"]},"rootfs":{"type":"layers","diff_ids":[%s]}}' \
    "$(dpkg --print-architecture)" "${digests#,}" >"$dir/config"
  sum=$(sha256sum "$dir/config" | cut -d' ' -f1)
  mv "$dir/config" "$dir/$sum.json"
  printf '[{"Config":"%s.json","RepoTags":["%s"],"Layers":[%s]}]' "$sum" "$name" "${layers#,}" >"$dir/manifest.json"
  tar -C "$dir" -cf "$file" .
  rm -rf "$dir"
}
