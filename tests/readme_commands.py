"""Which test runs each command of the README's fenced blocks; tests/test_house.py keeps the two together."""

_UP = "tests/cli/test_up.py::test_up_serves_the_tour_and_stops_on_ctrl_c"

COMMANDS = {
    "make demo": ".ci/run",
    "make test": ".ci/run",
    "make up": _UP,
    "make doctor": "tests/cli/test_up.py::test_doctor_passes_on_a_set_up_machine",
    "export BROKERFLOW_SECRET_TAIAN_USER=brokerflow BROKERFLOW_SECRET_TAIAN_PASSWORD=taian-demo-2026": _UP,
    ".venv/bin/brokerflow portal check": _UP,
    ".venv/bin/brokerflow portal golden taian": "tests/portal/test_golden.py::test_golden_command_replays",
    ".venv/bin/brokerflow portal try taian --dataset statements --param period=2026-10 --out rows.csv "
    "--evidence evidence/": _UP,
    ".venv/bin/brokerflow commission settle --help": _UP,
}
