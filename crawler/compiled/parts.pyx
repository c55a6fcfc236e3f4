# cython: language_level=3, wraparound=False
"""A body taken apart, its texts and tags in turn: see crawler.clean.parts."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.mem cimport PyMem_Free, PyMem_Realloc
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from cpython.unicode cimport PyUnicode_DecodeASCII
from libc.string cimport memchr, memcmp, memcpy

from turbohtml import unescape

from crawler.clean.addresses import LONGEST as LONGEST_ADDRESS
from crawler.clean.addresses import tracked_names
from crawler.clean.links import PROTECTED_PATH
from crawler.clean.start_tags import LONGEST, Unsure, look_at
from crawler.compiled import check_source
from crawler.compiled.text import text_of

cdef extern from *:
    const char* SOURCE_HASH  # setup.py gives it

check_source(__name__, SOURCE_HASH)

cdef extern from "Python.h":
    const char* PyUnicode_AsUTF8(object text) except NULL

ctypedef unsigned char byte


# --- what becomes of a tag --------------------------------------------------------------------

cdef enum:
    SLOTS = 1024

cdef struct Slot:
    PyObject* tag  # bytes, NULL in an empty slot
    PyObject* judged  # what becomes of it: a tuple, see crawler.clean.start_tags

cdef Py_ssize_t longest = LONGEST, longest_address = LONGEST_ADDRESS


cdef class StartTags:
    """What becomes of tags: each is looked at once, as long as no other takes its slot."""

    cdef Slot slots[SLOTS]

    def __dealloc__(self):
        cdef Py_ssize_t at
        for at in range(SLOTS):
            Py_XDECREF(self.slots[at].tag)
            Py_XDECREF(self.slots[at].judged)

    def __getitem__(self, bytes tag not None):
        return self.judged(PyBytes_AS_STRING(tag), PyBytes_GET_SIZE(tag))

    cdef tuple judged(self, const char* text, Py_ssize_t size):
        """Tell what becomes of a tag, without making an object of one that is known."""
        cdef unsigned hashed = <unsigned>size
        cdef Py_ssize_t at
        cdef Slot* slot
        if size > longest:
            return look_at(text[:size])
        for at in range(size):
            hashed = hashed * 31 + <byte>text[at]
        slot = &self.slots[(hashed ^ (hashed >> 10)) % SLOTS]
        if (
            slot.tag != NULL
            and PyBytes_GET_SIZE(<object>slot.tag) == size
            and memcmp(PyBytes_AS_STRING(<object>slot.tag), text, size) == 0
        ):
            return <tuple>slot.judged
        cdef bytes tag = text[:size]
        cdef tuple judged = look_at(tag)
        cdef Slot before = slot[0]
        Py_INCREF(tag)
        Py_INCREF(judged)
        slot.tag, slot.judged = <PyObject*>tag, <PyObject*>judged
        Py_XDECREF(before.tag)
        Py_XDECREF(before.judged)
        return judged


# --- a body -----------------------------------------------------------------------------------

cdef class Parts:
    """The texts and tags of *data*; *known* tells of each tag what becomes of it."""

    cdef readonly bytes data
    cdef readonly list pieces
    cdef readonly str outline
    cdef const char* start
    cdef Py_ssize_t* edges  # of each tag where it begins, and where it has ended
    cdef Py_ssize_t count
    cdef Py_ssize_t room  # for how many there is memory

    def __cinit__(self, bytes data not None, StartTags known not None):
        self.data = data
        self.start = PyBytes_AS_STRING(data)
        self.find_tags()
        self.judge(known)

    def __dealloc__(self):
        PyMem_Free(self.edges)

    cdef int make_room(self) except -1:
        cdef Py_ssize_t room = 2 * self.room + 200
        edges = <Py_ssize_t*>PyMem_Realloc(self.edges, 2 * room * sizeof(Py_ssize_t))
        if edges == NULL:
            raise MemoryError
        self.edges, self.room = edges, room
        return 0

    cdef int find_tags(self) except -1:
        """Find the tags, of which there are as many as there are <, and none without a >."""
        cdef const char* at = self.start
        cdef const char* end = at + PyBytes_GET_SIZE(self.data)
        cdef const char* opens
        cdef const char* closes
        while at < end:
            opens = <const char*>memchr(at, c"<", end - at)
            if memchr(at, c">", (opens if opens != NULL else end) - at) != NULL:
                raise Unsure
            if opens == NULL:
                break
            closes = <const char*>memchr(opens, c">", end - opens)
            if closes == NULL or memchr(opens + 1, c"<", closes - opens - 1) != NULL:
                raise Unsure
            at = closes + 1
            if self.count == self.room:
                self.make_room()
            self.edges[2 * self.count] = opens - self.start
            self.edges[2 * self.count + 1] = at - self.start
            self.count += 1
        return 0

    cdef int judge(self, StartTags known) except -1:
        cdef list pieces = [None] * self.count
        cdef bytes outline = PyBytes_FromStringAndSize(NULL, self.count)
        cdef char* letters = PyBytes_AS_STRING(outline)
        cdef Py_ssize_t at, size
        cdef const char* text
        cdef tuple judged
        for at in range(self.count):
            text = self.start + self.edges[2 * at] + 1
            size = self.edges[2 * at + 1] - self.edges[2 * at] - 2
            if size > 2 and memcmp(text, b"a ", 2) == 0:  # nearly each is another one
                letters[at] = c"a"
                continue
            if size > 4 and memcmp(text, b"img ", 4) == 0:
                letters[at] = c"i"
                continue
            judged = known.judged(text, size)
            pieces[at] = judged[0]
            letters[at] = <char>ord(judged[2])
        self.pieces = pieces
        self.outline = outline.decode("latin-1")
        return 0

    cpdef bytes tag(self, Py_ssize_t at):
        """Return what stands in the tag *at*, between < and >."""
        if not 0 <= at < self.count:
            raise IndexError(at)
        return self.start[self.edges[2 * at] + 1:self.edges[2 * at + 1] - 1]

    def attributes(self, Py_ssize_t at):
        """Return the attributes of the tag *at*, as written; {} where they are none of ours."""
        cdef dict given = {}
        cdef bytes tag = self.tag(at)
        cdef const char* to = PyBytes_AS_STRING(tag)
        cdef const char* end = to + PyBytes_GET_SIZE(tag)
        cdef const char* name
        cdef const char* value
        if not CHARS[<byte>to[0]] & WORD or CHARS[<byte>to[0]] & DIGIT:
            return {}
        while CHARS[<byte>to[0]] & WORD:
            if c"A" <= to[0] <= c"Z":
                return {}
            to += 1
        while to < end:
            if to[0] != c" ":
                return {}
            name = to = to + 1
            while CHARS[<byte>to[0]] & NAME and to < end:
                to += 1
            if to == name or end - to < 3 or to[0] != c"=" or to[1] != c'"':
                return {}
            value = to + 2
            to = <const char*>memchr(value, c'"', end - value)
            if to == NULL:
                return {}
            given[name[:value - name - 2].decode()] = value[:to - value].decode()
            to += 1
        return given

    cpdef bytes between(self, Py_ssize_t start, Py_ssize_t end):
        """Return the text between the tags *start* and *end*, without the tags in it.

        -1 stands for the beginning of the body, the number of its tags for its end.
        """
        if not -1 <= start < end <= self.count:
            raise IndexError(start, end)
        cdef Py_ssize_t size = 0, at, first, last
        for at in range(start, end):
            size += self.text_end(at) - self.text_start(at)
        cdef bytes joined = PyBytes_FromStringAndSize(NULL, size)
        cdef char* to = PyBytes_AS_STRING(joined)
        for at in range(start, end):
            first, last = self.text_start(at), self.text_end(at)
            memcpy(to, self.start + first, last - first)
            to += last - first
        return joined

    def outputs(self):
        """Return the body with the pieces in the place of its tags, and its text."""
        cdef bytes html = self.html()
        return html, text_of(html)

    cdef bytes html(self):
        cdef Py_ssize_t size = PyBytes_GET_SIZE(self.data), at, first, last
        cdef object piece
        for at in range(self.count):
            piece = self.pieces[at]
            if piece is not None:
                size += PyBytes_GET_SIZE(<bytes?>piece)
                size -= self.edges[2 * at + 1] - self.edges[2 * at]
        cdef bytes joined = PyBytes_FromStringAndSize(NULL, size)
        cdef char* to = PyBytes_AS_STRING(joined)
        for at in range(-1, self.count):
            if at >= 0:
                piece = self.pieces[at]
                if piece is not None:
                    last = PyBytes_GET_SIZE(<bytes>piece)
                    memcpy(to, PyBytes_AS_STRING(<bytes>piece), last)
                else:
                    first = self.edges[2 * at]
                    last = self.edges[2 * at + 1] - first
                    memcpy(to, self.start + first, last)
                to += last
            first = self.text_start(at)
            last = self.text_end(at) - first
            memcpy(to, self.start + first, last)
            to += last
        return joined

    def has_words(self, Py_ssize_t start):
        """Tell whether any letter, digit or character beyond ASCII stands behind a tag."""
        cdef Py_ssize_t which
        cdef const char* at
        cdef const char* end
        if not -1 <= start < self.count:
            raise IndexError(start)
        for which in range(start, self.count):
            at, end = self.start + self.text_start(which), self.start + self.text_end(which)
            while at < end:
                if at[0] == c"&" and end - at >= 6 and memcmp(at, b"&nbsp;", 6) == 0:
                    at += 6
                    continue
                if CHARS[<byte>at[0]] & WORD or <byte>at[0] >= 0x80:
                    return True
                at += 1
        return False

    cpdef str line(self, Py_ssize_t start, Py_ssize_t end):
        """Return the same decoded, on one line."""
        cdef Py_ssize_t first, last
        if start + 1 == end and -1 <= start < self.count:
            first, last = self.text_start(start), self.text_end(start)
            if is_line(self.start + first, self.start + last):
                return PyUnicode_DecodeASCII(self.start + first, last - first, NULL)
        cdef str text = self.between(start, end).decode()
        return " ".join((unescape(text) if "&" in text else text).split())

    def links(self, kept, mend):
        """Return the links, and give the pieces of their tags their clean form."""
        cdef list links = []
        cdef const char* letters = PyUnicode_AsUTF8(self.outline)
        cdef Py_ssize_t at, end
        cdef str url, text
        for at in range(self.count):
            if letters[at] != c"a":
                continue
            end = at + 1
            while end < self.count and letters[end] != c"A" and letters[end] != c"a":
                end += 1
            if end == self.count or letters[end] == c"a":
                raise Unsure  # one in another
            url = self.address(at, kept)
            if url is None:
                url = mend(at, len(links))
            text = self.line(at, end)
            if PROTECTED_PATH in url:
                raise Unsure
            links.append({"url": url, "text": text})
        return links

    cdef str address(self, Py_ssize_t at, object kept):
        """Return the address of the link tag *at*, if it stays as it is; None otherwise."""
        cdef bytes tag = self.tag(at)
        cdef const char* start = PyBytes_AS_STRING(tag)
        cdef const char* end = start + PyBytes_GET_SIZE(tag)  # where there is a NUL
        cdef const char* opens = start + 8
        cdef const char* closes
        cdef const char* query
        if end - start < 8 or end - start > longest_address or memcmp(start, b'a href="', 8) != 0:
            return None
        closes = address_end(opens, end, &query)
        if closes == NULL:
            return None
        if query != NULL and tracks(query, closes):
            return None
        if closes + 1 < end:
            self.pieces[at] = b'<a href="%b"%b>' % (
                opens[:closes - opens], kept[closes[1:end - closes]]
            )
        url = PyUnicode_DecodeASCII(opens, closes - opens, NULL)
        return url.replace("&amp;", "&") if query != NULL else url

    def last_links(self):
        """Return where links end that may be the last of a paragraph: no word follows at once."""
        cdef list found = []
        cdef const char* letters = PyUnicode_AsUTF8(self.outline)
        cdef Py_ssize_t at
        for at in range(self.count):
            if letters[at] == c"A" and (
                at + 1 == self.count or memchr(b"PEab ", letters[at + 1], 5) != NULL
            ) and ends_words(self.start + self.text_start(at), self.start + self.text_end(at)):
                found.append(at)
        return found

    cdef inline Py_ssize_t text_start(self, Py_ssize_t at):
        return self.edges[2 * at + 1] if at >= 0 else 0

    cdef inline Py_ssize_t text_end(self, Py_ssize_t at):
        return self.edges[2 * at + 2] if at + 1 < self.count else PyBytes_GET_SIZE(self.data)


def is_awkward(str outline not None):
    """Tell whether elements stand in each other in a way that rules mend."""
    cdef const char* at = PyUnicode_AsUTF8(outline)
    cdef char before = 0
    cdef bint in_code = False, in_figure = False, in_heading = False
    while at[0]:
        if at[0] == c"q":
            if in_code or in_heading:
                return True
            in_code = True
        elif at[0] == c"Q":
            in_code = False
        elif at[0] == c"b":
            if in_code:
                return True
        elif at[0] == c"f":
            if in_figure or in_heading:
                return True
            in_figure = True
        elif at[0] == c"F":
            in_figure = False
        elif at[0] == c"e":
            if in_heading:
                return True
            in_heading = True
        elif at[0] == c"E":
            in_heading = False
        elif at[0] == c"c":
            if before != c"q":
                return True  # a language, but not of a block
        elif at[0] == c"t":
            if in_heading or before != c"f":
                return True
        elif at[0] == c"T":
            if at[1] != c"F":
                return True  # a table, not alone in its figure
        elif in_heading and (at[0] == c"p" or at[0] == c"x" or at[0] == c"l" or at[0] == c"g"):
            return True
        before = at[0]
        at += 1
    return False


cdef bint is_line(const char* at, const char* end) noexcept nogil:
    """Tell whether a text is visible ASCII, with single spaces between words."""
    cdef char before = c" "
    while at < end:
        if at[0] == c" ":
            if before == c" ":
                return False
        elif not c"!" <= at[0] <= c"~" or at[0] == c"&":
            return False
        before = at[0]
        at += 1
    return before != c" "


cdef bint ends_words(const char* at, const char* end) noexcept nogil:
    """Tell whether a text holds an entity, or neither a letter nor a digit of ASCII."""
    cdef bint has_word = False
    while at < end:
        if at[0] == c"&":
            return True
        has_word |= CHARS[<byte>at[0]] & WORD
        at += 1
    return not has_word


# --- addresses --------------------------------------------------------------------------------

cdef enum:
    HOST = 1
    PATH = 2
    QUERY = 4
    DIGIT = 8
    WORD = 16
    NAME = 32  # of an attribute

cdef byte CHARS[256]

cdef int each
for each in range(256):
    CHARS[each] = 0 if each in b' \n\t\r\f\v"=<>' else NAME
for each in b"abcdefghijklmnopqrstuvwxyz0123456789.-":
    CHARS[each] |= HOST
for each in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789":
    CHARS[each] |= WORD | PATH | QUERY
for each in b"_.~!$'()*+,;=:@%/-":
    CHARS[each] |= PATH | QUERY
for each in b"?":
    CHARS[each] |= QUERY
for each in b"0123456789":
    CHARS[each] |= DIGIT


cdef const char* address_end(const char* at, const char* end, const char** query) noexcept nogil:
    """Return where the absolute address at *at* ends in a quote; NULL where it is none.

    *query* becomes where its query begins, NULL where it has none. No character is looked at
    behind *end*, where a NUL stands, which no address holds.
    """
    query[0] = NULL
    if end - at > 7 and memcmp(at, b"http://", 7) == 0:
        at += 7
    elif end - at > 8 and memcmp(at, b"https://", 8) == 0:
        at += 8
    else:
        return NULL
    if not CHARS[<byte>at[0]] & HOST:
        return NULL
    while CHARS[<byte>at[0]] & HOST:
        at += 1
    if at[0] == c":":
        at += 1
        if not CHARS[<byte>at[0]] & DIGIT:
            return NULL
        while CHARS[<byte>at[0]] & DIGIT:
            at += 1
    if at[0] == c"/":
        while CHARS[<byte>at[0]] & PATH:
            at += 1
    if at[0] == c"?":
        query[0] = at
        while CHARS[<byte>at[0]] & QUERY or (
            at[0] == c"&" and end - at >= 5 and memcmp(at, b"&amp;", 5) == 0
        ):
            at += 5 if at[0] == c"&" else 1
    return at if at[0] == c'"' else NULL


cdef bint tracks(const char* at, const char* end) except -1:
    """Tell whether a query has a parameter that tracks."""
    cdef const char* name
    while at < end:
        if at[0] != c"?" and at[0] != c"&":
            at += 1
            continue
        at += 5 if at[0] == c"&" else 1
        name = at
        while at < end and at[0] != c"=" and at[0] != c"&" and at[0] != c"?":
            at += 1
        if (at == end or at[0] != c"?") and tracked_names[name[:at - name]]:
            return True
    return False
