#!/usr/bin/env bash
# One real network device on 127.0.0.1: FRRouting in a network namespace of its own, its vtysh behind a private OpenSSH.
#   frr-device.sh start          prints one line of JSON: host, port, telnetPort, username, password, enable
#   frr-device.sh restart-frr    ends the routing daemons and starts them again, sessions stay
#   frr-device.sh cut            ends sshd with every session at once, as a power cut would
#   frr-device.sh uncut          starts that sshd again, on the same port with the same host key
#   frr-device.sh running        prints the running configuration, as the daemons have it
#   frr-device.sh startup        prints the saved configuration
#   frr-device.sh logins         prints how many logins sshd has accepted since start
#   frr-device.sh stop           ends everything that start began, and only that
# Environment: FRR_LAB_DIR (a folder of this device, made by start), FRR_LAB_PORT, FRR_LAB_TELNET (its ports)
# Logins: <name> gets vtysh at "r1#"; <name>p gets it with a pager; <name>c gets the daemon's own console, which asks for
# a password and for enable. <name> is npl followed by the port.
set -Eeuo pipefail
dir=${FRR_LAB_DIR:?a folder for the device}
port=${FRR_LAB_PORT:-24221}
telnet=${FRR_LAB_TELNET:-24231}
password=lab-pass-1
enable=lab-enable-1
host=r1
lib=/usr/lib/frr
user=npl$port
users=("$user" "${user}p" "${user}c")
namespace=np-lab-$port
daemons=(zebra staticd bgpd)

make_users() {
  local name
  for name in "${users[@]}"; do
    # The same uid as frr: vtysh must reach the daemons' sockets and may write the configuration.
    id "$name" >/dev/null 2>&1 ||
      useradd -o -K UID_MIN=1 -u "$(id -u frr)" -g frr -G frrvty -M -d "$dir" -s /bin/sh -c 'netpulse lab device' "$name"
    echo "$name:$password" | chpasswd
  done
}

first_configuration() {
  cat <<EOF
frr defaults traditional
hostname $host
password $password
enable password $enable
service integrated-vtysh-config
!
interface lo
 ip address 10.255.0.1/32
exit
!
interface eth0
 description spare uplink
 ip address 172.16.1.1/24
exit
!
ip route 192.0.2.0/24 Null0
!
router bgp 65001
 bgp router-id 10.255.0.1
 neighbor 172.16.1.2 remote-as 65002
exit
!
EOF
}

frr_up() {
  local daemon
  for daemon in "${daemons[@]}"; do
    ip netns exec "$namespace" unshare -u sh -c 'hostname "$0"; exec "$@"' "$host" "$lib/$daemon" -d \
      --vty_socket "$dir/run" -z "$dir/run/zserv.api" -i "$dir/run/$daemon.pid" -f "$dir/run/$daemon.conf" -A 127.0.0.1 >>"$dir/log" 2>&1
  done
  vtysh --vty_socket "$dir/run" --config_dir "$dir/etc" -b >>"$dir/log" 2>&1
}

ended() { ! grep -qs '^State:.[^ZX]' "/proc/$1/status"; } # a zombie that nobody has reaped yet has ended too

frr_down() {
  local daemon pid turn
  for daemon in "${daemons[@]}"; do
    [[ -s $dir/run/$daemon.pid ]] || continue
    pid=$(cat "$dir/run/$daemon.pid")
    kill "$pid" 2>/dev/null || true
    for ((turn = 0; turn < 50; turn++)); do
      ended "$pid" && break
      sleep 0.05
    done
    kill -9 "$pid" 2>/dev/null || true
    rm -f "$dir/run/$daemon.pid"
  done
}

login_shell() {
  cat <<EOF
#!/bin/sh
export LC_ALL=C
case \$1 in
  page) export VTYSH_PAGER=/usr/bin/more MORE=-e ;;
  console) exec telnet -E 127.0.0.1 $telnet ;;
esac
exec /usr/bin/vtysh --vty_socket $dir/run --config_dir $dir/etc
EOF
}

sshd_configuration() {
  cat <<EOF
Port $port
ListenAddress 127.0.0.1
HostKey $dir/ssh/host_ed25519
PidFile $dir/ssh/sshd.pid
UsePAM no
PasswordAuthentication yes
KbdInteractiveAuthentication no
PubkeyAuthentication no
PermitRootLogin no
AllowUsers ${users[*]}
PermitUserRC no
PrintMotd no
PrintLastLog no
UseDNS no
AllowTcpForwarding no
MaxStartups 100
MaxSessions 16
Match User ${user}p
  ForceCommand exec $dir/shell page
Match User ${user}c
  ForceCommand exec $dir/shell console
Match User $user
  ForceCommand exec $dir/shell exec
EOF
}

sshd_up() { # it says so in its pid file when it listens, and nowhere when the port is taken
  local turn
  unshare -u sh -c 'hostname "$0"; exec /usr/sbin/sshd -f "$1" -E "$2"' "$host" "$dir/ssh/sshd.conf" "$dir/ssh/log"
  for ((turn = 0; turn < 100; turn++)); do
    [[ ! -s $dir/ssh/sshd.pid ]] || return 0
    sleep 0.05
  done
  tail -n 3 "$dir/ssh/log" >&2
  return 1
}

sshd_down() {
  local listener child session
  listener=$(cat "$dir/ssh/sshd.pid" 2>/dev/null) || return 0
  for child in $(ps -o pid= --ppid "$listener"); do
    for session in $(ps -o pid= --ppid "$child"); do kill -9 "$session" 2>/dev/null || true; done
    kill -9 "$child" 2>/dev/null || true
  done
  kill -9 "$listener" 2>/dev/null || true
  rm -f "$dir/ssh/sshd.pid"
}

start() {
  trap stop ERR # half a device is none
  mkdir -p "$dir"/{etc,run,ssh} /run/sshd
  chmod 755 "$dir"
  chown frr:frr "$dir/run"
  chown frr:frrvty "$dir/etc"
  chmod 750 "$dir/run" "$dir/etc"
  make_users
  ip netns add "$namespace"
  ip -n "$namespace" link set lo up
  ip -n "$namespace" link add eth0 type veth peer name eth0-far
  ip -n "$namespace" link set eth0-far up
  ip -n "$namespace" link set eth0 up
  first_configuration >"$dir/etc/frr.conf"
  printf 'service integrated-vtysh-config\nhostname %s\n' "$host" >"$dir/etc/vtysh.conf"
  chown frr:frrvty "$dir"/etc/*.conf
  chmod 660 "$dir"/etc/*.conf
  local daemon
  for daemon in "${daemons[@]}"; do
    : >"$dir/run/$daemon.conf"
    chown frr:frr "$dir/run/$daemon.conf"
  done
  frr_up
  ssh-keygen -q -t ed25519 -N '' -f "$dir/ssh/host_ed25519"
  login_shell >"$dir/shell"
  chmod 755 "$dir/shell"
  sshd_configuration >"$dir/ssh/sshd.conf"
  sshd_up
  socat "TCP-LISTEN:$telnet,bind=127.0.0.1,reuseaddr,fork" \
    "EXEC:ip netns exec $namespace socat - TCP\:127.0.0.1\:2601" </dev/null >>"$dir/log" 2>&1 &
  echo $! >"$dir/telnet.pid"
  printf '{"host":"127.0.0.1","port":%s,"telnetPort":%s,"username":"%s","password":"%s","enable":"%s"}\n' \
    "$port" "$telnet" "$user" "$password" "$enable"
}

stop() {
  local name
  [[ -d $dir ]] || return 0
  sshd_down
  frr_down
  [[ ! -s $dir/telnet.pid ]] || kill "$(cat "$dir/telnet.pid")" 2>/dev/null || true
  ip netns del "$namespace" 2>/dev/null || true
  for name in "${users[@]}"; do
    ! getent passwd "$name" | grep -qF 'netpulse lab device' || userdel -f "$name" 2>/dev/null || true
  done
  rm -rf "$dir"
}

case ${1:-} in
  start) start ;;
  restart-frr) frr_down && frr_up ;;
  cut) sshd_down ;;
  uncut) sshd_up ;;
  running) vtysh --vty_socket "$dir/run" --config_dir "$dir/etc" -c 'show running-config' ;;
  startup) cat "$dir/etc/frr.conf" ;;
  logins) grep -c '^Accepted' "$dir/ssh/log" || true ;;
  stop) stop ;;
  *)
    sed -n '2,14p' "$0"
    exit 2
    ;;
esac
