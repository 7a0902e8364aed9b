#!/bin/sh
# Makes .venv with a Python that really runs (a pyenv shim may exist and not work), then hands over to cli/setup.py.
set -eu
cd "$(dirname "$0")/.."

usable() {
    "$1" -c "import sys$2; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" >/dev/null 2>&1
}

make_venv() {
    for candidate in python3.11 python3.12 python3.13 python3 python; do
        if usable "$candidate" ", venv, ensurepip"; then
            echo "创建虚拟环境 .venv（$("$candidate" --version)）"
            rm -rf .venv .setup/packages
            "$candidate" -m venv .venv
            return
        fi
    done
    echo "没有可用的 Python 3.11–3.13（需带 venv 与 ensurepip 模块）。" >&2
    echo "Debian/Ubuntu：apt install python3 python3-venv；macOS：brew install python@3.13；然后重新运行。" >&2
    exit 1
}

# pip is the last thing that venv installs: without it the last attempt was interrupted
if [ ! -x .venv/bin/pip ] || ! usable .venv/bin/python ""; then
    make_venv
fi
exec .venv/bin/python -m cli.setup "$@"
