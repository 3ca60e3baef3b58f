#!/bin/sh
# Installs the peers of the comparison from PyPI into a scratch environment outside the project.
#
#   benches/peers/setup.sh [DIR]      DIR, or $LASTMILE_PEERS, or /tmp/lastmile-peers
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd -P)
scratch=${1:-${LASTMILE_PEERS:-/tmp/lastmile-peers}}
mkdir -p "$scratch"
scratch=$(cd "$scratch" && pwd -P)
case "$scratch/" in
"$project"/*)
    echo "$scratch: inside the project; expected a scratch directory elsewhere" >&2
    exit 2
    ;;
esac
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "$python: older than Python 3.11, which PyVRP 0.14 needs; set PYTHON to a newer one" >&2
    exit 2
}
[ -x "$scratch/venv/bin/python" ] || "$python" -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip install --quiet --only-binary :all: --requirement "$project/benches/peers/requirements.txt"
"$scratch/venv/bin/python" -m pip list 2>/dev/null | grep -iE '^(pyvrp|pyvroom|ortools|vrp-cli|hygese) '
echo "environment: $scratch/venv/bin/python"
