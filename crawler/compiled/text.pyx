# cython: language_level=3, wraparound=False
"""The text of clean HTML, in one pass over its bytes: see crawler.clean.text."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.string cimport memchr, memcmp, memcpy

from crawler.clean.account import count_wide_spaces
from crawler.clean.outline import BLOCK, BREAK, CELL, LINE, MARKS
from crawler.clean.text import with_unit
from crawler.compiled import check_source

cdef extern from *:
    const char* SOURCE_HASH  # setup.py gives it

check_source(__name__, SOURCE_HASH)

ctypedef unsigned char byte

# --- what a byte of text is -------------------------------------------------------------------

cdef enum:
    VISIBLE, WIDE, BLANK, SPACE, SEPARATOR, TAG, ENTITY

cdef byte KIND[256]
"""WIDE begins a character beyond ASCII, or goes on with it; SPACE is white space, but no blank;
SEPARATOR is that to Unicode, but not to HTML."""

cdef int each
for each in range(256):
    KIND[each] = WIDE if each > 127 else VISIBLE
KIND[c" "] = BLANK
for each in b"\n\t\r\f\v":
    KIND[each] = SPACE
for each in range(0x1C, 0x20):
    KIND[each] = SEPARATOR
KIND[<byte>b"<"] = TAG
KIND[<byte>b"&"] = ENTITY

# --- what a tag ends --------------------------------------------------------------------------

cdef enum:
    LONGEST = 11  # figcaption and blockquote, with a slash
    SLOTS = 1024  # many more than tags, so that a search is short

cdef enum:
    NOTHING, CELL_END, LINE_END, BREAK_END, BLOCK_END  # of which the last ends the most
    OPENS_LIST, CLOSES_LIST, OPENS_CODE, CLOSES_CODE

cdef struct Known:
    byte size  # 0 in an empty slot
    byte name[LONGEST]
    byte end

cdef Known KNOWN[SLOTS]


cdef inline unsigned slot_of(const byte* name, Py_ssize_t size) noexcept nogil:
    cdef unsigned hashed = <unsigned>size
    cdef Py_ssize_t at
    for at in range(size):
        hashed = hashed * 31 + name[at]
    hashed ^= hashed >> 11
    return hashed % SLOTS


cdef int end_of(const byte* name, Py_ssize_t size) noexcept nogil:
    """Say what the tag *name* ends; -1 where it is not known."""
    cdef unsigned slot
    if size > LONGEST:
        return -1
    slot = slot_of(name, size)
    while KNOWN[slot].size:
        if KNOWN[slot].size == size and memcmp(KNOWN[slot].name, name, size) == 0:
            return KNOWN[slot].end
        slot = (slot + 1) % SLOTS
    return -1


cdef int learn(bytes name, int end) except -1:
    cdef Py_ssize_t size = len(name)
    if not 0 < size <= LONGEST:
        raise ValueError(name)
    cdef const byte* text = name
    cdef unsigned slot = slot_of(text, size)
    while KNOWN[slot].size:
        slot = (slot + 1) % SLOTS
    memcpy(KNOWN[slot].name, text, size)
    KNOWN[slot].size = <byte>size
    KNOWN[slot].end = <byte>end
    return 0


cdef dict OWN = {
    b"ul": OPENS_LIST, b"ol": OPENS_LIST, b"/ul": CLOSES_LIST, b"/ol": CLOSES_LIST,
    b"pre": OPENS_CODE, b"/pre": CLOSES_CODE,
}
for tag, mark in MARKS.items():
    learn(tag, OWN.get(tag) or {
        b"": NOTHING, CELL: CELL_END, LINE: LINE_END, BREAK: BREAK_END, BLOCK: BLOCK_END
    }[mark])


# --- entities: all that the serializer writes in text -----------------------------------------

cdef inline int entity(const byte* at, const byte* end, int* size) noexcept nogil:
    """Return the character of the entity at *at*, and how long it is; -1 of any other."""
    if end - at >= 4 and memcmp(at, b"&lt;", 4) == 0:
        size[0] = 4
        return c"<"
    if end - at >= 4 and memcmp(at, b"&gt;", 4) == 0:
        size[0] = 4
        return c">"
    if end - at >= 5 and memcmp(at, b"&amp;", 5) == 0:
        size[0] = 5
        return c"&"
    if end - at >= 6 and memcmp(at, b"&nbsp;", 6) == 0:
        size[0] = 6
        return c" "
    return -1


# --- the text ---------------------------------------------------------------------------------

cdef struct Text:
    byte* start
    byte* end  # of what is written
    byte* line_end  # the same, without what a line does not end with
    byte* block_end  # the same, without what a block does not end with
    byte* wide_end  # of the bytes beyond ASCII
    int pending  # what ended since something was written
    bint spaced  # white space stands between that and what comes next
    bint broken  # a line break came last, white space apart
    bint in_word
    Py_ssize_t characters
    Py_ssize_t words


cdef inline void begin(Text* text) noexcept nogil:
    """Write what parts that which comes next from what is there."""
    if text.end != text.start:
        if text.pending == BLOCK_END:
            text.end[0] = text.end[1] = c"\n"
            text.end += 2
            text.in_word = False
        elif text.pending == LINE_END:
            text.end[0] = c"\n"
            text.end += 1
            text.in_word = False
        elif text.spaced:
            text.end[0] = c" "
            text.end += 1
            text.in_word = False
    text.pending = NOTHING
    text.spaced = text.broken = False


cdef inline void finish(Text* text, int ends) noexcept nogil:
    """End a line or a block."""
    if ends == BREAK_END:
        ends = BLOCK_END if text.broken else LINE_END
        text.broken = True
    else:
        text.broken = False
    if ends == BLOCK_END:
        text.line_end = text.block_end
    text.end = text.line_end
    if ends > text.pending:
        text.pending = ends


cdef enum:
    EIGHT = 8

cdef unsigned long long ONES = 0x0101010101010101
cdef unsigned long long HIGH = 0x8080808080808080


cdef inline unsigned long long differ(unsigned long long eight, byte char) noexcept nogil:
    """Set the high bit of those of *eight* bytes that are not *char*; all of them are ASCII."""
    return (eight ^ (ONES * char)) + (HIGH - ONES)


cdef inline int blanks_of(const byte* at, int before) noexcept nogil:
    """Count the blanks of eight bytes; -1 where not each is visible ASCII or a single blank.

    All eight are looked at at once, as one number. *before* is whether a blank stands before.
    """
    cdef unsigned long long eight, blanks
    memcpy(&eight, at, EIGHT)
    if HIGH & (eight | ~(  # beyond ASCII, or
        (eight + ONES * (0x80 - 0x20)) & differ(eight, c"<") & differ(eight, c"&")
    )):
        return -1
    blanks = ~differ(eight, c" ") & HIGH
    if blanks & (blanks << 8) or (before and at[0] == c" "):
        return -1
    return <int>(((blanks >> 7) * ONES) >> 56)  # the sum of all eight


cdef inline const byte* write(
    Text* text, const byte* at, const byte* end, int last
) noexcept nogil:
    """Write words from *at* on, with one blank between them; return where that ends.

    Of the kinds of bytes, *last* is the last to be written as it is. There is nearly no branch
    in the loops: a processor cannot guess where words end.
    """
    cdef byte* to = text.end
    cdef byte* written = to
    cdef byte* wide = text.wide_end
    cdef Py_ssize_t inner = 0  # bytes of a character beyond its first
    cdef Py_ssize_t blanks = 0
    cdef int kind, blank, before = 0, some
    cdef const byte* stop
    while at < end:
        while end - at >= EIGHT:
            some = blanks_of(at, before)
            if some < 0 or (some and last < BLANK):
                break
            memcpy(to, at, EIGHT)
            blanks += some
            before = at[EIGHT - 1] == c" "
            to += EIGHT
            at += EIGHT
        stop = at + EIGHT if end - at > EIGHT else end
        while at < stop:  # byte by byte
            kind = KIND[at[0]]
            blank = kind == BLANK
            if (kind > last) | (blank & before):
                break
            to[0] = wide[0] = at[0]
            to += 1
            wide += kind == WIDE
            inner += (at[0] & 0xC0) == 0x80
            blanks += blank
            before = blank
            at += 1
        if at < stop:
            break
    text.characters += to - written - inner - blanks
    if before:
        to -= 1
        blanks -= 1
        text.spaced = True
    text.words += blanks + (not text.in_word)
    text.in_word = True
    text.end = to
    text.wide_end = wide
    return at


cdef inline void write_one(Text* text, byte char) noexcept nogil:
    """Write one visible *char*."""
    text.end[0] = char
    text.end += 1
    text.characters += 1
    if not text.in_word:
        text.in_word = True
        text.words += 1


cdef inline void keep_space(Text* text, byte char) noexcept nogil:
    """Write white space of code: all of it, but for empty lines at the edges."""
    if char == c"\n":
        text.broken = False
        if text.pending != NOTHING or text.end == text.start:
            return
        begin(text)
        text.end[0] = c"\n"
        text.end += 1
    else:
        begin(text)
        for _ in range(4 if char == c"\t" else 1):
            text.end[0] = c" "
            text.end += 1
        text.line_end = text.end
    text.in_word = False


cdef bint read(const byte* at, const byte* end, Text* text) noexcept nogil:
    """Read HTML from *at* to *end*; False where it is not as a serializer of ours writes it."""
    cdef Py_ssize_t lists = 0
    cdef bint in_code = False
    cdef const byte* name
    cdef int kind, ends, size, decoded
    cdef byte char
    while at < end:
        char = at[0]
        kind = KIND[char]
        if kind == TAG:
            name = at = at + 1
            while at < end and at[0] != c">" and at[0] != c" ":
                at += 1
            ends = end_of(name, at - name)
            while at < end and at[0] != c">":
                at += 1
            if at == end or ends < 0:
                return False
            at += 1
            if ends == OPENS_LIST:
                ends = LINE_END if lists > 0 else BLOCK_END
                lists += 1
            elif ends == CLOSES_LIST:
                lists -= 1
                ends = LINE_END if lists > 0 else BLOCK_END
            elif ends == OPENS_CODE or ends == CLOSES_CODE:
                in_code = ends == OPENS_CODE
                ends = BLOCK_END
            if ends == CELL_END:
                text.spaced = True
            elif ends != NOTHING:
                finish(text, ends)
            continue
        if kind == ENTITY:
            decoded = entity(at, end, &size)
            if decoded < 0:
                return False
            at += size
            char = <byte>decoded
            if char == c" ":
                kind = BLANK
        elif kind == BLANK or kind == SPACE:
            at += 1
        if kind == BLANK or kind == SPACE:
            if in_code:
                keep_space(text, char)
            else:
                text.spaced = True
            continue
        begin(text)
        if kind == SEPARATOR:
            text.end[0] = char
            text.end += 1
            text.in_word = False
            at += 1
        elif kind == ENTITY:
            write_one(text, char)
        else:
            at = write(text, at, end, WIDE if in_code else BLANK)
        text.line_end = text.block_end = text.end
    text.end = text.block_end
    return True


cdef Py_ssize_t tabs_of(const byte* at, const byte* end) noexcept nogil:
    cdef Py_ssize_t tabs = 0
    while at < end:
        at = <const byte*>memchr(at, c"\t", end - at)
        if at == NULL:
            break
        tabs += 1
        at += 1
    return tabs


def text_of(bytes html not None):
    """Return the text of *html*: see crawler.clean.text."""
    cdef Py_ssize_t length = PyBytes_GET_SIZE(html)
    cdef const byte* start = <const byte*>PyBytes_AS_STRING(html)
    # What is written is never longer than what it is read from: a tag has three bytes at least
    # and writes two at most, an entity has four and writes one. But for tabs in code, of four.
    cdef Py_ssize_t most = length + 3 * tabs_of(start, start + length)
    cdef byte* memory = <byte*>PyMem_Malloc(most + length + 1)
    if memory == NULL:
        raise MemoryError
    cdef byte* wide = memory + most
    cdef Text text
    text.start = text.end = text.line_end = text.block_end = memory
    text.wide_end = wide
    text.pending = NOTHING
    text.spaced = text.broken = text.in_word = False
    text.characters = text.words = 0
    cdef bint understood
    try:
        with nogil:
            understood = read(start, start + length, &text)
        if not understood:
            raise ValueError("not as the serializer writes it")
        folded = PyUnicode_DecodeUTF8(<char*>memory, text.end - memory, NULL)
        beyond_ascii = (<char*>wide)[:text.wide_end - wide]
        if beyond_ascii and count_wide_spaces(beyond_ascii):
            text.words = len(folded.split())
        return with_unit(folded, text.end - memory, beyond_ascii, text.characters, text.words)
    finally:
        PyMem_Free(memory)


cdef byte IN_NAME[128]

for each in range(128):
    IN_NAME[each] = chr(each).isalnum() or chr(each) in "_#"


def may_open_entity(bytes html not None):
    """Tell whether an ampersand and what stands behind a tag may make an entity."""
    cdef const byte* at = <const byte*>PyBytes_AS_STRING(html)
    cdef const byte* end = at + PyBytes_GET_SIZE(html)  # where there is a NUL
    while at < end:
        at = <const byte*>memchr(at, c"&", end - at)
        if at == NULL:
            break
        at += 1
        if end - at < 4 or memcmp(at, b"amp;", 4) != 0:
            continue
        at += 4
        while at[0] >= 0x80 or IN_NAME[at[0]]:
            at += 1
        if at[0] == c"<" and not (
            begins(at, end, b"</p>", 4)
            or begins(at, end, b"</li>", 5)
            or begins(at, end, b"<br>", 4)
        ):
            return True
    return False


cdef inline bint begins(const byte* at, const byte* end, const char* what, size_t size) noexcept:
    return <size_t>(end - at) >= size and memcmp(at, what, size) == 0


# --- empty paragraphs -------------------------------------------------------------------------

cdef list EMPTY = [b"&nbsp;", b"<br>"]
EMPTY += [b"<%b>" % tag for tag in b"b i em strong /b /i /em /strong".split()]
EMPTY += [chr(each).encode() for each in range(0x80, 0x10000) if chr(each).isspace()]
"""What an empty paragraph may hold, beside white space within ASCII."""


cdef Py_ssize_t nothing(const byte* at, const byte* end) except -1:
    """Return how long that is at *at* which is nothing; 0 where there is something."""
    cdef bytes one
    if KIND[at[0]] == BLANK or KIND[at[0]] == SPACE or KIND[at[0]] == SEPARATOR:
        return 1
    if KIND[at[0]] != VISIBLE:
        for one in EMPTY:
            if begins(at, end, PyBytes_AS_STRING(one), PyBytes_GET_SIZE(one)):
                return PyBytes_GET_SIZE(one)
    return 0


def has_empty_paragraph(bytes html not None):
    """Tell whether there is an empty paragraph in clean HTML: see crawler.clean.tidy."""
    cdef const byte* at = <const byte*>PyBytes_AS_STRING(html)
    cdef const byte* end = at + PyBytes_GET_SIZE(html)  # where there is a NUL, which is something
    cdef Py_ssize_t size
    while at < end:
        at = <const byte*>memchr(at, c"<", end - at)
        if at == NULL:
            break
        if not begins(at, end, b"<p>", 3):
            at += 1
            continue
        at += 3
        while True:
            size = nothing(at, end)
            if size == 0:
                break
            at += size
        if begins(at, end, b"</p>", 4):
            return True
    return False
