"""Which test runs each command of the README's fenced blocks; tests/test_house.py keeps the two together."""

COMMANDS = {
    "make demo": ".ci/run",
    "make test": ".ci/run",
    "make check": ".ci/run",
    "make doctor": "tests/cli/test_doctor.py::test_command_line",
    "brokerflow doctor": "tests/cli/test_doctor.py::test_command_line",
    "brokerflow hub migrate": "tests/cli/test_main.py::test_known_error_is_one_chinese_sentence",
}
