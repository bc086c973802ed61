#!/usr/bin/env bash
# Proves the image's runtime stage where no container engine runs: makes a clean Debian root with debootstrap, carries
# out the RUN steps of the Dockerfile's last stage in it as they stand there, copies in the stripped binary, and runs
# the image's own command with its user, with a read-only root file system and only /data and /tmp writable.
#
#   sudo packaging/prove-image.sh [.build/release/clusterd]
#
# Needs root, debootstrap and the network; takes a minute or two. MIRROR, PORT and SUITE may be set. Ends with PROVEN.
set -euo pipefail
cd "$(dirname "$0")/.."
binary="$(realpath "${1:-.build/release/clusterd}")"
suite="${SUITE:-bookworm}"
port="${PORT:-8080}"
[ "$(id -u)" = 0 ] || { echo "prove-image.sh: debootstrap and chroot need root; run it with sudo" >&2; exit 2; }
[ -x "$binary" ] || { echo "prove-image.sh: $binary is missing; make build first" >&2; exit 2; }
command -v debootstrap > /dev/null || { echo "prove-image.sh: apt-get install debootstrap first" >&2; exit 2; }

work="$(mktemp -d)"
root="$work/root"
pid=""
finish() {
  [ -z "$pid" ] || kill "$pid" 2> /dev/null || true
  wait 2> /dev/null || true
  umount -l "$root/proc" 2> /dev/null || true
  rm -rf --one-file-system "$work"
}
trap finish EXIT

begun="$(date +%s)"
step() { printf '%4d s  %s\n' $(($(date +%s) - begun)) "$*"; }

# What the last stage says, as shell: steps() for RUN, and the arrays image_user, entrypoint, command, health.
python3 - Dockerfile > "$work/stage.sh" << 'PYTHON'
import json, re, shlex, sys
lines = re.sub(r"\\\n", "", open(sys.argv[1]).read()).splitlines()
instructions = [line.split(None, 1) for line in lines if line.strip() and not line.startswith("#")]
stage = instructions[max(i for i, (name, _) in enumerate(instructions) if name == "FROM"):]
known = {"FROM", "RUN", "COPY", "USER", "ENTRYPOINT", "CMD", "HEALTHCHECK", "VOLUME", "EXPOSE", "STOPSIGNAL", "LABEL"}
unknown = [name for name, _ in stage if name not in known]
if unknown: sys.exit(f"prove-image.sh does not know what to do with {unknown}")
print("steps() {")
for name, value in stage:
    path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
    # Each with a return of its own: set -e does not hold in a function whose status is asked for.
    if name == "RUN": print(f'  chroot "$root" /usr/bin/env -i {path} /bin/sh -ec {shlex.quote(value)} || return 1')
    if name == "COPY": print(f'  install -D -m 755 -s "$binary" "$root"{shlex.quote(value.split()[-1])} || return 1')
print("}")
last = dict(stage)
print("image_user=" + shlex.quote(last["USER"].strip()))
for variable, name in (("entrypoint", "ENTRYPOINT"), ("command", "CMD"), ("health", "HEALTHCHECK")):
    words = json.loads(last[name][last[name].index("["):])
    print(f"{variable}=({' '.join(shlex.quote(word) for word in words)})")
PYTHON
# shellcheck disable=SC1091
. "$work/stage.sh"

step "debootstrap $suite (minbase)"
debootstrap --variant=minbase "$suite" "$root" ${MIRROR:+"$MIRROR"} > "$work/debootstrap.log" 2>&1 \
  || { tail -20 "$work/debootstrap.log" >&2; exit 1; }
cp /etc/resolv.conf "$root/etc/resolv.conf"
mount -t proc proc "$root/proc"
step "the RUN and COPY steps of the runtime stage"
steps > "$work/steps.log" 2>&1 || { tail -20 "$work/steps.log" >&2; exit 1; }
umount "$root/proc"

missing="$(chroot "$root" ldd /usr/local/bin/clusterd | grep "not found" || true)"
[ -z "$missing" ] || { echo "libraries are missing in the image: $missing" >&2; exit 1; }
size="$(stat -c %s "$root/usr/local/bin/clusterd")"
step "stripped binary $size bytes; the whole root $(du -sm --one-file-system "$root" | cut -f1) MB"

# As an engine would with --read-only --tmpfs /tmp --volume data:/data --user: the root cannot be written by anybody.
# The port of the image is replaced by $PORT, so that a service of this machine is not in the way.
uid="${image_user%%:*}"
chroot "$root" id "$uid" > /dev/null
run=("${entrypoint[@]}")
for word in "${command[@]}"; do [ "$word" = 8080 ] && word="$port"; run+=("$word"); done
data="$work/data"
install -d -o "$uid" -g "$uid" "$data"
cat > "$work/enter.sh" << 'SHELL'
set -e
root="$1" data="$2" uid="$3"; shift 3
mount --bind "$root" "$root"; cd "$root"
mount --bind "$data" "$root/data"
mount -t tmpfs -o mode=1777,size=16m tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
mount -o remount,bind,ro "$root"
exec chroot --userspec="$uid:$uid" "$root" /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin "$@"
SHELL
# An array and no function: each word execs the next, so that $! is the service itself.
inside=(unshare --mount bash "$work/enter.sh" "$root" "$data" "$uid")

"${inside[@]}" sh -c '
  for folder in / /usr/local/bin /etc /var/lib /home; do ! touch $folder/x 2> /dev/null || exit 1; done
  touch /data/x /tmp/x && rm /data/x /tmp/x && [ "$(id -u)" != 0 ]' \
  || { echo "the root should be read-only, /data writable, the user not root" >&2; exit 1; }

# Every address is listened on, so that a key has to be there.
if timeout 10 "${inside[@]}" "${run[@]}" > "$work/refused.log" 2>&1; then
  echo "the service should refuse 0.0.0.0 without a key" >&2; exit 1
fi
grep -q "there is no key" "$work/refused.log" || { cat "$work/refused.log" >&2; exit 1; }
key="$("${inside[@]}" "${entrypoint[@]}" keys create proof --scope write --data-dir /data 2> "$work/keys.log")"
step "without a key the service refuses to start; made one"

(exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null && { echo "port $port is taken; set PORT" >&2; exit 1; }
starts=()
for round in 1 2 3 4 5; do
  before="$(date +%s%N)"
  "${inside[@]}" "${run[@]}" > "$work/serve.log" 2>&1 &
  pid=$!
  until (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null; do
    kill -0 "$pid" 2> /dev/null || { cat "$work/serve.log" >&2; exit 1; }
    sleep 0.002
  done
  curl -fsS "http://127.0.0.1:$port/livez" > "$work/livez"
  starts+=("$((($(date +%s%N) - before) / 1000000))")
  [ "$round" = 5 ] || { kill "$pid"; wait "$pid" || true; pid=""; }
done
read -r owner program <<< "$(ps -o uid=,comm= -p "$pid")"
[ "$owner $program" = "$uid clusterd" ] || { echo "the service should run as $uid" >&2; exit 1; }
step "clusterd runs as uid $uid; /livez says $(cat "$work/livez")"
step "from exec to the answer of /livez: ${starts[*]} ms (entering the root and curl included)"

curl -fsS "http://127.0.0.1:$port/readyz" > /dev/null
answer="$(curl -fsS -H "X-API-Key: $key" --data-binary @examples/iris.csv "http://127.0.0.1:$port/v1/cluster?k=3")"
sizes="$(python3 -c 'import json, sys; print(json.load(sys.stdin)["sizes"])' <<< "$answer")"
step "clusters examples/iris.csv inside: sizes $sizes"
"${inside[@]}" "${health[@]//8080/$port}" || { echo "HEALTHCHECK fails on a healthy service" >&2; exit 1; }
kill -TERM "$pid"; wait "$pid" && status=0 || status=$?
pid=""
[ "$status" = 0 ] || { echo "SIGTERM ended it with status $status" >&2; cat "$work/serve.log" >&2; exit 1; }
if "${inside[@]}" "${health[@]//8080/$port}" 2> /dev/null; then
  echo "HEALTHCHECK passes without a service" >&2; exit 1
fi
step "HEALTHCHECK: healthy while it ran, unhealthy after SIGTERM (exit status $status)"
echo "PROVEN"
