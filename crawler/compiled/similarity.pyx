# cython: language_level=3
"""The compiled twin of `overlap` in `crawler.dedupe.shingling`.

Pointers are not checked by Cython: beside each is said why it stays within its bounds.
"""

from array import array

from crawler.compiled import check_source

from cpython.array cimport array as Array, clone
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memset

cdef extern from *:
    const char* SOURCE_HASH  # setup.py gives it

check_source(__name__, SOURCE_HASH)

cdef Array _UINT32 = array("I")


cdef Array _unpack(bytes packed):
    """Give packed shingles as an array("I"); ValueError where the last one is not whole."""
    cdef Py_ssize_t size = PyBytes_GET_SIZE(packed), at
    if size & 3:
        raise ValueError(f"packed shingles have 4 bytes each, got {size}")
    cdef Array values = clone(_UINT32, size >> 2, False)
    cdef uint32_t* value_of = <uint32_t*>values.data.as_voidptr
    cdef const uint8_t* data = <const uint8_t*>PyBytes_AS_STRING(packed)
    for at in range(size >> 2):
        value_of[at] = (
            data[4 * at]
            | <uint32_t>data[4 * at + 1] << 8
            | <uint32_t>data[4 * at + 2] << 16
            | <uint32_t>data[4 * at + 3] << 24
        )
    return values


cdef void _sort(uint32_t* values, uint32_t* spare, Py_ssize_t count) noexcept nogil:
    """Sort by one byte after the other: it takes as long whatever the numbers are.

    *spare* has room for as many; in the end, after an even number of bytes, they
    are in *values*.
    """
    cdef Py_ssize_t starts[4][256]
    cdef Py_ssize_t at, start, number
    cdef int byte, shift
    cdef uint32_t value
    cdef uint32_t* other
    memset(starts, 0, sizeof(starts))
    for at in range(count):
        for byte in range(4):
            starts[byte][(values[at] >> (8 * byte)) & 0xFF] += 1
    for byte in range(4):
        start = 0
        for at in range(256):
            number = starts[byte][at]
            starts[byte][at] = start
            start += number
    for byte in range(4):
        shift = 8 * byte
        for at in range(count):
            value = values[at]
            spare[starts[byte][(value >> shift) & 0xFF]] = value  # each place once, below count
            starts[byte][(value >> shift) & 0xFF] += 1
        other = values
        values = spare
        spare = other


cdef Py_ssize_t _leave_one(uint32_t* values, Py_ssize_t count) noexcept nogil:
    """Leave one of each of sorted numbers; give how many there are."""
    cdef Py_ssize_t left = 0, at  # left <= at
    for at in range(count):
        if at == 0 or values[at] != values[at - 1]:
            values[left] = values[at]
            left += 1
    return left


def overlap(bytes one not None, bytes other not None):
    """Count the shingles in both, and in either: see `crawler.dedupe.shingling`."""
    cdef Array some = _unpack(one), others = _unpack(other)
    cdef Py_ssize_t count = len(some), number = len(others), at = 0, place = 0, both = 0
    cdef Array spare = clone(_UINT32, max(count, number), False)
    cdef uint32_t* first = <uint32_t*>some.data.as_voidptr
    cdef uint32_t* second = <uint32_t*>others.data.as_voidptr
    _sort(first, <uint32_t*>spare.data.as_voidptr, count)
    _sort(second, <uint32_t*>spare.data.as_voidptr, number)
    count = _leave_one(first, count)
    number = _leave_one(second, number)
    while at < count and place < number:
        if first[at] == second[place]:
            both += 1
            at += 1
            place += 1
        elif first[at] < second[place]:
            at += 1
        else:
            place += 1
    return both, count + number - both
