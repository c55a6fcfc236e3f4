import csv
import io
import unicodedata
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.feeds.cells import read_cell, read_header, read_rows, write_cell, write_row
from tests.feeds.sample_items import ANY_JSON, ANY_TEXT, BROKEN_TEXT

CELLS = st.none() | ANY_TEXT


def read_with_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))


def is_live(cell: str) -> bool:
    """Tell, without our table, whether a spreadsheet could take a cell for a formula."""
    if cell[:1] in {"\t", "\r", "\n"}:
        return True
    shown = cell.lstrip("".join(char for char in cell if not is_shown(char)))
    first = unicodedata.normalize("NFKC", shown[:1])
    return first in {"=", "+", "-", "@", "\u2212"}


def is_escaped(text: str) -> bool:
    return write_cell(text).lstrip('"').startswith("'")


def is_shown(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) not in {"Cc", "Cf", "Zs", "Zl", "Zp"}


class TestRoundTrip:
    @given(st.lists(st.lists(CELLS, min_size=2, max_size=5), min_size=1))
    def test_any_text(self, rows):
        """What was written is read back: each text, and null apart from the empty one."""
        width = min(map(len, rows))
        rows = [row[:width] for row in rows]
        header = [f"c{number}" for number in range(width)]
        file = io.BytesIO()
        for row in [header, *rows]:
            data, replaced = write_row(map(write_cell, row))
            file.write(data)
            assert replaced == 0
        file.seek(0)

        assert [list(row.values()) for row in read_rows(file)] == rows

    @given(st.lists(CELLS, min_size=2))
    def test_other_readers(self, row):
        """The csv module reads the same cells, null as empty, before read_cell."""
        [cells] = read_with_csv(write_row(map(write_cell, row))[0])

        assert [read_cell(cell) for cell in cells] == [text or "" for text in row]

    @given(st.lists(st.none() | ANY_TEXT, min_size=2))
    def test_no_cell_is_live(self, row):
        """No text begins, to a spreadsheet, with what begins a formula."""
        [cells] = read_with_csv(write_row(map(write_cell, row))[0])

        assert [cell for cell in cells if is_live(cell)] == []

    @given(ANY_JSON)
    def test_values(self, value):
        """Text from any value, nested ones too, is no formula; a number stays one."""
        cell = write_cell(value)
        if isinstance(value, (int, float)):
            assert cell in {"true", "false", ""} or float(cell) == float(value)
        else:
            [[shown, _]] = read_with_csv(write_row([cell, ""])[0])
            assert not is_live(shown)

    @given(BROKEN_TEXT)
    def test_surrogates(self, text):
        """Lone surrogates become U+FFFD; all else is read back."""
        data, replaced = write_row([write_cell(text), "1"])
        [[cell, _]] = read_with_csv(data)

        assert replaced <= len(text)
        assert read_cell(cell) == text.encode("utf-16-le", "surrogatepass").decode(
            "utf-16-le", "replace"
        )


LIVE = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\tplain", "\rplain", "\nplain"),
    *("＝1+1", "＋1", "－1", "＠SUM(A1)", "﹦1", "⁺1", "₋1", "−1"),
    *(" =1", "\xa0=1", "\u3000＝1", "\ufeff=1", "\u200b=1", "\x00=1", "\xad+1", "\u202e=1"),
    *(" \t \n@A1", "'=1", "'", "''", "'tis", "\u115f=1", "\ufe0f=1", "\u2062-1", "\x85=1"),
]


class TestWriteCell:
    @pytest.mark.parametrize("text", LIVE)
    def test_live_text(self, text):
        """It gets the escape in front, and comes back without."""
        [[cell, _]] = read_with_csv(write_row([write_cell(text), "1"])[0])

        assert cell == f"'{text}"
        assert read_cell(cell) == text

    def test_every_character(self):
        """Whatever stands in front unseen, and whatever form the sign has, it is escaped."""
        every = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]

        for rest in ("1", "=1"):
            live = [char + rest for char in every if is_live(char + rest)]
            assert len(live) > 20
            assert [text for text in live if not is_escaped(text)] == []

    @pytest.mark.parametrize("text", ["a=b", "1-2", "x", " x", "[=1]", "<p>=1</p>", "5 + 3"])
    def test_dead_text(self, text):
        """It is written as it is."""
        assert write_cell(text) == text

    @pytest.mark.parametrize(
        ("value", "cell"),
        [
            (None, ""),
            ("", '""'),
            (-5, "-5"),
            (2**70, str(2**70)),
            (-0.5, "-0.5"),
            (float("nan"), ""),
            (float("-inf"), ""),
            (True, "true"),
            (False, "false"),
            ([], "[]"),
            ({"a": "=1"}, '"{""a"":""=1""}"'),
            ((1, 2), '"[1,2]"'),
            (Decimal("-1.50"), "'-1.50"),
            (datetime(2026, 3, 1, 8), "2026-03-01T08:00:00"),
        ],
    )
    def test_values(self, value, cell):
        """Each type has one form."""
        assert write_cell(value) == cell

    def test_row_of_one_null(self):
        """It is no blank line, which readers skip."""
        assert write_row([write_cell(None)]) == (b'""\r\n', 0)


class TestReadRows:
    def test_newlines_in_cells(self):
        """They are kept as they are, and a bare line feed ends a row too."""
        file = io.BytesIO(b'id,text\n1,"a\r\nb\rc\nd"\r\n2,x\n')

        assert list(read_rows(file)) == [
            {"id": "1", "text": "a\r\nb\rc\nd"},
            {"id": "2", "text": "x"},
        ]

    def test_no_newline_at_the_end(self):
        """The last row is a row all the same."""
        assert list(read_rows([b"a,b\r\n", b"1,"])) == [{"a": "1", "b": None}]

    def test_blank_lines(self):
        """A blank line, which we never write, is no row."""
        assert list(read_rows([b"a,b\r\n", b"\r\n", b"1,2\r\n", b"\n"])) == [{"a": "1", "b": "2"}]

    def test_nothing(self):
        """An empty file has no rows."""
        assert list(read_rows([])) == []

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"a,b\r\n1\r\n", "row 1 has 1 cells, the header 2"),
            (b"a,b\r\n1,2,3\r\n", "row 1 has 3 cells, the header 2"),
            (b'a,b\r\n1,"x\r\n', "is never closed"),
            (b'a,b\r\n1,"x"y"z"\r\n', "a quote stands inside a bare cell"),
            (b'a,b\r\n1,x"y"\r\n', "a quote stands inside a bare cell"),
        ],
    )
    def test_no_csv(self, data, message):
        """It is refused, not guessed at."""
        with pytest.raises(ValueError, match=message):
            list(read_rows(io.BytesIO(data)))


@pytest.mark.parametrize(
    ("head", "header"),
    [
        (b"id,title\r\n7,x\r\n", ["id", "title"]),
        (b'"a\nb",c\n', ["a\nb", "c"]),
        (b"id", ["id"]),
        (b'"id', None),
        (b"\xff,a\r\n", None),
    ],
)
def test_read_header(head, header):
    """The names are read off the beginning; None where there are none to read."""
    assert read_header(head) == header
