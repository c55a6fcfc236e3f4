"""The numbers under which an index keeps a text: by record, by text, by band."""

from __future__ import annotations

import hashlib

from crawler.dedupe.parameters import Parameters

_BYTES = 6  # SQLite keeps a number of 48 bits in as many


class Keys:
    """Makes the keys of one dataset; another dataset has other numbers.

    All of them are hashes: who looks under one compares what is there. Those of
    bands also hold the parameters of the signature, so that what cannot be
    compared is not found.
    """

    def __init__(self, dataset: str, parameters: Parameters) -> None:
        self._dataset, self._parameters = dataset, parameters
        self._salt = _number(hashlib.sha256(f"dataset\n{dataset}".encode()).digest())
        size = parameters.rows * parameters.slot_bytes
        salts = hashlib.shake_256(f"{dataset}\n{parameters.indexed}".encode())
        digest = salts.digest(parameters.bands * _BYTES)
        self._salted = [
            (slice(band * size, (band + 1) * size), _number(digest[band * _BYTES :]))
            for band in range(parameters.bands)
        ]

    def signed(self, size: int) -> Keys:
        """Give those of the same dataset under which signatures of *size* bytes are kept."""
        if size == self._parameters.signature_bytes:
            return self
        return Keys(self._dataset, self._parameters.signed(size))

    def of_record(self, record_id: str) -> int:
        """Give the key of a record, whatever its text."""
        digest = hashlib.sha256(f"record\n{record_id}".encode("utf-8", "replace")).digest()
        return _number(digest) ^ self._salt

    def of_text(self, sha256: bytes) -> int:
        """Give the key of a text."""
        return _number(sha256) ^ self._salt

    def of_bands(self, signature: bytes) -> list[int]:
        """Give a key for each band; texts that are alike have one in common, most likely."""
        number = int.from_bytes
        return [number(signature[band], "little") ^ salt for band, salt in self._salted]

    def of_all(self, record_id: str, sha256: bytes, signature: bytes | None) -> tuple[int, ...]:
        """Give all keys: of the record, of the text, then of each band where it is signed."""
        bands = self.of_bands(signature) if signature is not None else ()
        return (self.of_record(record_id), self.of_text(sha256), *bands)


def _number(digest: bytes) -> int:
    return int.from_bytes(digest[:_BYTES], "little")
