#!/bin/sh
# Runs dockerd and the engine side by side in one network namespace of their own, with a machine
# outside of it, and tells step by step what works. Everything ends with the namespace of processes.
# Arguments: launcher, work directory, directory with dockerd unpacked, docker archive of busybox.
set -eu
launcher=$1 work=$2 dockerd=$3 archive=$4
export PATH="$dockerd/usr/bin:$dockerd/usr/sbin:$PATH"
export DOCKER_CONFIG="$work/client"

ip link set lo up
mount -t tmpfs tmpfs /run
mkdir -p /run/netns
ip netns add outside
ip link add out0 type veth peer name eth0 netns outside
ip addr add 10.231.7.1/24 dev out0
ip link set out0 up
ip -n outside addr add 10.231.7.2/24 dev eth0
ip -n outside link set eth0 up
ip -n outside link set lo up
ip route add default via 10.231.7.2
mkdir "$work/www"
echo "from outside" >"$work/www/index.html"
ip netns exec outside busybox httpd -p 10.231.7.2:80 -h "$work/www"

dockerd --data-root "$work/docker" --exec-root /run/docker --pidfile /run/docker.pid \
  --cgroup-parent "/$(basename "$work")" --bip 10.232.0.1/24 --log-level warn \
  -H "unix://$work/docker.sock" >"$work/dockerd.log" 2>&1 &
peer=$!
PLIMSOLL_ENGINE_FOREIGN_FIREWALL=accept PLIMSOLL_ENGINE_NETWORK_SUBNET=10.233.0.0/24 \
  "$launcher" engine serve --data "$work/ours" --run /run/plimsoll --socket "$work/ours.sock" \
  >"$work/engine.log" 2>&1 &
ours=$!

theirs() { DOCKER_HOST="unix://$work/docker.sock" docker "$@"; }
our() { DOCKER_HOST="unix://$work/ours.sock" docker "$@"; }
await() { # await WHAT COMMAND...: until it works, at most 60 seconds
  what=$1 i=0
  shift
  until "$@" >/dev/null 2>&1; do
    i=$((i + 1))
    if [ "$i" -gt 300 ]; then
      echo "not in time: $what"
      tail -n 20 "$work/dockerd.log" "$work/engine.log"
      exit 1
    fi
    sleep 0.2
  done
}
fetch() { # fetch ADDRESS: from outside
  ip netns exec outside curl -sf -m 5 "http://$1/index.html"
}
await "dockerd" theirs version
await "the engine" our version
theirs load -q -i "$archive" >/dev/null
our load -q -i "$archive" >/dev/null

serve='mkdir /w; echo "from inside" >/w/index.html; exec httpd -f -p 80 -h /w'
ask='printf "GET /index.html HTTP/1.0\r\n\r\n" | nc -w 5 10.231.7.2 80 | tail -n 1'
theirs run -d --name there -p 8001:80 busybox sh -c "$serve" >/dev/null
our run -d --name here -p 8002:80 busybox sh -c "$serve" >/dev/null
await "a port of dockerd's" fetch 10.231.7.1:8001
await "a port of ours" fetch 10.231.7.1:8002
echo "published there: $(fetch 10.231.7.1:8001)"
echo "published here: $(fetch 10.231.7.1:8002)"
echo "outbound there: $(theirs run --rm busybox sh -c "$ask")"
echo "outbound here: $(our run --rm busybox sh -c "$ask")"

kill "$peer"
wait "$peer" || true
echo "without dockerd: $(fetch 10.231.7.1:8002)"
our rm -f here >/dev/null
kill "$ours"
wait "$ours" || true
echo "rules of ours left: $(nft list ruleset 2>/dev/null | grep -c 'iifname "pl-' || true)"
