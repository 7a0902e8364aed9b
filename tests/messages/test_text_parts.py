"""Splitting by bytes."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from connectors.messages.text_parts import split_text

LIMIT = 2048


def without_counter(part):
    return re.sub(r"^\(\d+/\d+\)\n", "", part)


def test_a_text_of_exactly_the_limit_is_one_part_without_counter():
    """2,046 bytes of Chinese plus two letters fit as they are; one byte more does not."""
    text = "佣" * 682 + "ab"
    assert len(text.encode()) == LIMIT
    assert split_text(text, LIMIT) == [text]
    assert len(split_text(text + "c", LIMIT)) == 2


def test_parts_are_cut_between_lines_and_numbered():
    """Lines of 300 bytes stay whole: six of them fit beside the counter, the next goes to part two."""
    lines = [f"{number:02d}" + "额" * 99 + "." for number in range(14)]
    parts = split_text("\n".join(lines), LIMIT)
    assert [part.split("\n")[0] for part in parts] == ["(1/3)", "(2/3)", "(3/3)"]
    assert [line for part in parts for line in part.split("\n")[1:]] == lines


def test_a_line_longer_than_a_part_is_cut_between_characters():
    """A single line of 1,000 four-byte characters loses none and breaks none."""
    text = "𠮷" * 1000
    parts = split_text(text, LIMIT)
    assert len(parts) == 2
    assert "".join(map(without_counter, parts)) == text


def test_a_hundred_parts_need_a_longer_counter_and_still_fit():
    """The counter's own growth is counted: every part of a very long text keeps to the limit."""
    parts = split_text("结算" * 40_000, LIMIT)
    assert len(parts) > 99
    assert parts[0].startswith(f"(1/{len(parts)})\n")
    assert max(len(part.encode()) for part in parts) <= LIMIT


@given(st.text(alphabet=st.sampled_from("a佣𠮷é\n"), max_size=400))
@example("\n" * 90)
@example("a" * 40 + "\n" + "b" * 40)
def test_no_part_is_too_long_and_only_line_feeds_are_dropped(text):
    """Whatever the text, parts keep to the limit and joined again they say the same."""
    parts = split_text(text, 60)
    assert all(0 < len(part.encode()) <= 60 or part == text == "" for part in parts)
    assert "".join(map(without_counter, parts)).replace("\n", "") == text.replace("\n", "")
