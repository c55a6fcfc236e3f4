# cython: language_level=3
"""What some readers take for the end of a line: see crawler.feeds.strict_json."""

from crawler.compiled import check_source

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.string cimport memchr

cdef extern from *:
    const char* SOURCE_HASH  # setup.py gives it

check_source(__name__, SOURCE_HASH)

ctypedef unsigned char byte


def breaks_lines(bytes data not None, value=None):
    """Tell whether *data*, in UTF-8, holds U+2028, U+2029 or U+0085."""
    cdef const byte* start = <const byte*>PyBytes_AS_STRING(data)
    cdef const byte* end = start + PyBytes_GET_SIZE(data)  # where there is a NUL
    cdef const byte* at = start
    while True:  # no byte behind a NUL is looked at
        at = <const byte*>memchr(at, 0xE2, end - at)
        if at == NULL:
            break
        at += 1
        if at[0] == 0x80 and (at[1] == 0xA8 or at[1] == 0xA9):
            return True
    at = start
    while True:
        at = <const byte*>memchr(at, 0xC2, end - at)
        if at == NULL:
            break
        at += 1
        if at[0] == 0x85:
            return True
    return False
