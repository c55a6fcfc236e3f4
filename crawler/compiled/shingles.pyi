from array import array

from crawler.dedupe.parameters import Parameters

def shingle(
    text: str, parameters: Parameters, *, near: bool
) -> tuple[bytes, int, tuple[array[int], bytes, bytes] | None]: ...
