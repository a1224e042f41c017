#!/usr/bin/env bash
# Installs what the tests with real devices need: FRRouting, OpenSSH, network namespaces. Debian, root. Quiet when done already.
set -euo pipefail
packages=(frr openssh-server openssh-client iproute2 socat inetutils-telnet iputils-ping procps)
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
