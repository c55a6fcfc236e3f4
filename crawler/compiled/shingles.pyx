# cython: language_level=3
"""The compiled twin of `shingle` in `crawler.dedupe.shingling`: the same bytes, in fewer passes.

What a character means is asked of `crawler.dedupe.canonical`, once for each, so that
the two have the same Unicode. All else is written here again; tests compare the two.

Pointers are not checked by Cython: beside each is said why it stays within its bounds.
"""

from array import array
from hashlib import sha256

from crawler.compiled import check_source
from crawler.dedupe.canonical import FOLD_ASCII, spaced_words, stand_in, stands_alone

from cpython.array cimport array as Array, clone
from cpython.bytearray cimport (
    PyByteArray_AS_STRING,
    PyByteArray_FromStringAndSize,
    PyByteArray_GET_SIZE,
    PyByteArray_Resize,
)
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.mem cimport PyMem_Calloc
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memset

cdef extern from *:
    const char* SOURCE_HASH  # setup.py gives it

check_source(__name__, SOURCE_HASH)


cdef extern from "Python.h":
    Py_ssize_t PyUnicode_GetLength(object text) except -1  # TypeError where it is no str


ctypedef fused Char:
    uint8_t
    uint16_t
    uint32_t


cdef struct StandIn:
    uint8_t state
    uint8_t data[7]  # UTF-8; two letters with marks take five


cdef struct Cut:
    uint32_t end  # modulo 2**32: there the powers of an odd base repeat after 2**30 or sooner
    uint32_t sum


cdef enum:
    SPACE = 0x20
    UNKNOWN = 0  # or else a state is 1 more than the stand-in has bytes,
    WITH_NEIGHBOURS = 255  # or this: the character means nothing by itself
    SKETCH_BITS = 4096
    KNOWN_POWERS = 256

cdef uint32_t BASE = 0x9E3779B1
cdef uint32_t INVERSE = pow(0x9E3779B1, -1, 1 << 32)
cdef uint32_t MIX = 0x7FEB352D

cdef uint8_t _fold[128]
cdef StandIn* _pages[0x1100]  # each of 256 characters, made when the first of them is met
cdef uint32_t _powers[KNOWN_POWERS]
cdef Array _UINT64 = array("Q")


cdef void _set_up():
    cdef Py_ssize_t each
    cdef uint32_t power = 1
    for each in range(128):
        _fold[each] = FOLD_ASCII[each]
    for each in range(KNOWN_POWERS):
        _powers[each] = power
        power *= BASE


_set_up()


# --- the canonical text ----------------------------------------------------------------------


cdef const StandIn* _look_up(uint32_t char) except NULL:
    """Give what stands for a character, which is one that a str may hold."""
    cdef StandIn* page = _pages[char >> 8]  # a str holds 0x10FFFF at most: 0x1100 pages
    if page is NULL:
        page = <StandIn*>PyMem_Calloc(256, sizeof(StandIn))  # all UNKNOWN; 9 MB for all of Unicode
        if page is NULL:
            raise MemoryError
        _pages[char >> 8] = page
    cdef StandIn* entry = &page[char & 0xFF]
    if entry.state == UNKNOWN:
        _ask(entry, chr(char))
    return entry


cdef int _ask(StandIn* entry, str char) except -1:
    cdef Py_ssize_t each
    cdef bytes data
    if not stands_alone(char):
        entry.state = WITH_NEIGHBOURS
        return 0
    found = stand_in(char)
    data = (char if found is None else found).encode("utf-8", "replace")
    data = data.translate(FOLD_ASCII)
    if len(data) > <Py_ssize_t>sizeof(entry.data):
        entry.state = WITH_NEIGHBOURS  # no character has as many, in the Unicode we know
        return 0
    for each in range(len(data)):
        entry.data[each] = data[each]
    entry.state = <uint8_t>(len(data) + 1)
    return 0


cdef Py_ssize_t _squeeze(const Char* text, Py_ssize_t length, bytearray squeezed) except -1:
    """Write the canonical text, a space at either end.

    *squeezed* has `length + 2` bytes to begin with. Give its length, 1 at least; 0 where a character means something with its neighbours only.
    """
    # Before each character there is room for it, for a byte for each that follows, and for the
    # last space: size - written > length - at. An ASCII character takes one byte at most, which
    # keeps it so; what takes more makes room first.
    cdef uint8_t* out = <uint8_t*>PyByteArray_AS_STRING(squeezed)
    cdef Py_ssize_t written = 1, at, each, needed
    cdef uint32_t char
    cdef uint8_t folded
    cdef Py_ssize_t in_word, was_in_word = 0
    cdef const StandIn* entry
    out[0] = SPACE
    for at in range(length):
        char = text[at]
        if char < 128:
            folded = _fold[char]
            out[written] = folded
            in_word = folded != SPACE
            written += in_word | was_in_word  # of spaces only the one that ends a word
            was_in_word = in_word
            continue
        entry = _look_up(char)
        if entry.state == WITH_NEIGHBOURS:
            return 0
        needed = written + (entry.state - 1) + (length - at)
        if needed > PyByteArray_GET_SIZE(squeezed):
            PyByteArray_Resize(squeezed, needed + (needed >> 1))
            out = <uint8_t*>PyByteArray_AS_STRING(squeezed)
        for each in range(entry.state - 1):
            folded = entry.data[each]
            out[written] = folded
            in_word = folded != SPACE
            written += in_word | was_in_word
            was_in_word = in_word
    if was_in_word:
        out[written] = SPACE
        written += 1
    return written


cdef Py_ssize_t _squeeze_bytes(
    const uint8_t* spaced, Py_ssize_t length, uint8_t* out
) noexcept nogil:
    """Do the same with what `spaced_words` gives; *out* has room for `length + 2` bytes."""
    cdef Py_ssize_t written = 1, at  # written <= at + 1 before each byte
    cdef Py_ssize_t in_word, was_in_word = 0
    out[0] = SPACE
    for at in range(length):
        out[written] = spaced[at]
        in_word = spaced[at] != SPACE
        written += in_word | was_in_word
        was_in_word = in_word
    if was_in_word:
        out[written] = SPACE
        written += 1
    return written


cdef Py_ssize_t _write_canonical(text, bytearray squeezed) except -1:
    """Write the canonical text of a str, a space at either end; give its length."""
    cdef Py_ssize_t length = PyUnicode_GetLength(text), written
    cdef void* data = PyUnicode_DATA(text)
    cdef int kind = PyUnicode_KIND(text)  # bytes that a character takes
    PyByteArray_Resize(squeezed, length + 2)
    if kind == 1:
        written = _squeeze(<uint8_t*>data, length, squeezed)
    elif kind == 2:
        written = _squeeze(<uint16_t*>data, length, squeezed)
    else:
        written = _squeeze(<uint32_t*>data, length, squeezed)
    if written:
        return written
    cdef bytes spaced = spaced_words(text)
    length = PyBytes_GET_SIZE(spaced)
    PyByteArray_Resize(squeezed, length + 2)
    return _squeeze_bytes(
        <uint8_t*>PyBytes_AS_STRING(spaced), length, <uint8_t*>PyByteArray_AS_STRING(squeezed)
    )


# --- shingles --------------------------------------------------------------------------------


cdef uint32_t _power(uint32_t exponent) noexcept nogil:
    cdef uint32_t power, base = BASE
    if exponent < KNOWN_POWERS:
        return _powers[exponent]
    power = 1
    while exponent:
        if exponent & 1:
            power *= base
        base *= base
        exponent >>= 1
    return power


cdef Py_ssize_t _count_spaces(const uint8_t* data, Py_ssize_t length) noexcept nogil:
    """Count them by the block, of fewer than a byte counts: the compiler makes that quick."""
    cdef Py_ssize_t count = 0, start = 0, at
    cdef uint8_t few
    while start < length:
        few = 0
        for at in range(start, min(start + 192, length)):
            few += data[at] == SPACE
        count += few
        start += 192
    return count


cdef void _sum(const uint8_t* data, Py_ssize_t length, Cut* cuts) noexcept nogil:
    """Say where each space is, and the sum there: each byte up to it by the base's inverse, as
    often as bytes follow it.

    *cuts* has room for one more than there are spaces: what follows the last one is written, too,
    which is quicker than to ask. Two bytes at a time, or each would wait for the one before.
    """
    cdef uint32_t square = INVERSE * INVERSE, total = 0, one, two
    cdef Py_ssize_t at = 0, count = 0  # the spaces before *at*
    while at < length - 1:
        one = data[at]
        two = data[at + 1]
        cuts[count].end = <uint32_t>at
        cuts[count].sum = total * INVERSE + one
        count += one == SPACE
        total = total * square + (one * INVERSE + two)
        cuts[count].end = <uint32_t>(at + 1)
        cuts[count].sum = total
        count += two == SPACE
        at += 2
    if at < length:
        cuts[count].end = <uint32_t>at
        cuts[count].sum = total * INVERSE + data[at]


cdef tuple _hash(const uint8_t* data, Py_ssize_t length, Py_ssize_t words):
    """Hash each *words* words in a row; give hashes, sketch and packed hashes, None if none."""
    cdef Py_ssize_t spaces = _count_spaces(data, length)
    cdef Py_ssize_t count = spaces - words, size = SKETCH_BITS, at
    if count <= 0:
        return None
    while size < count:
        size <<= 1
    cdef Array all_cuts = clone(_UINT64, spaces + 1, False)  # each as large as a Cut
    cdef Cut* cuts = <Cut*>all_cuts.data.as_voidptr
    _sum(data, length, cuts)
    cdef Array hashes = clone(_UINT64, count, False)
    cdef bytes sketch = PyBytes_FromStringAndSize(NULL, size >> 3)
    cdef bytes packed = PyBytes_FromStringAndSize(NULL, count * 4)
    cdef uint64_t* hash_of = <uint64_t*>hashes.data.as_voidptr
    cdef uint8_t* bits = <uint8_t*>PyBytes_AS_STRING(sketch)
    cdef uint8_t* byte_of = <uint8_t*>PyBytes_AS_STRING(packed)
    cdef uint32_t value
    memset(bits, 0, size >> 3)
    for at in range(count):  # at + words < spaces; value is masked before it names a bit
        value = cuts[at + words].sum * _power(cuts[at + words].end - cuts[at].end) - cuts[at].sum
        value ^= value >> 16
        value *= MIX
        value ^= value >> 16
        hash_of[at] = value
        byte_of[4 * at] = value & 0xFF
        byte_of[4 * at + 1] = (value >> 8) & 0xFF
        byte_of[4 * at + 2] = (value >> 16) & 0xFF
        byte_of[4 * at + 3] = value >> 24
        value &= <uint32_t>(size - 1)
        bits[value >> 3] |= 1 << (value & 7)
    return hashes, sketch, packed


def shingle(text, parameters, *, near):
    """Give sha256 and number of words, and the shingles: see `crawler.dedupe.shingling`."""
    cdef bytearray squeezed = PyByteArray_FromStringAndSize(NULL, 0)
    cdef Py_ssize_t length = _write_canonical(text, squeezed)
    cdef const uint8_t* data = <const uint8_t*>PyByteArray_AS_STRING(squeezed)
    digest = sha256(memoryview(squeezed)[1 : length - 1]).digest()
    cdef Py_ssize_t words = _count_spaces(data, length) - 1
    if not near or words < parameters.min_words:
        return digest, words, None
    length = max(0, min(length, parameters.shingled_bytes))
    return digest, words, _hash(data, length, max(1, parameters.shingle_words))
