#!/usr/bin/env bash
# Installs what the tests need from Debian or Ubuntu packages when it may (root); otherwise says what to install.
set -eu
packages=()
[ -x /usr/bin/chromium ] || packages+=(chromium)
fc-list 2>/dev/null | grep -qi 'noto.*cjk' || packages+=(fonts-noto-cjk fontconfig)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || packages+=(postgresql)
[ "${#packages[@]}" -eq 0 ] && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "== installing for the tests: ${packages[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
else
  echo "测试需要以下软件包,请先安装 / the tests need these packages, install them first:" >&2
  echo "  sudo apt-get install ${packages[*]}" >&2
  exit 1
fi
