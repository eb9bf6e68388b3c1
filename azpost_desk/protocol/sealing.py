"""Bytes that only the centre can read: X25519 with a key of the moment, HKDF-SHA256, ChaCha20-Poly1305.

sealed = ephemeral public key (32) || ciphertext with tag; the nonce is zero, because no key is used twice.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE: Final = bytes(12)
_PUBLIC_BYTES: Final = 32


class RecoveryKey:
    """The centre's half: opens what desks sealed."""

    def __init__(self, secret: bytes) -> None:
        self._key = X25519PrivateKey.from_private_bytes(secret)
        self._secret = secret

    @classmethod
    def new(cls) -> RecoveryKey:
        """A fresh key from the system's randomness."""
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    def secret(self) -> bytes:
        """The 32 secret bytes, for the place that keeps them."""
        return self._secret

    def public(self) -> str:
        """The public key, 64 hex digits."""
        return self._key.public_key().public_bytes_raw().hex()

    def open(self, sealed: bytes) -> bytes:
        """What was sealed.

        Raises:
            ValueError: it was not sealed for this key, or changed since.
        """
        ephemeral = sealed[:_PUBLIC_BYTES]
        try:
            shared = self._key.exchange(X25519PublicKey.from_public_bytes(ephemeral))
            return _cipher(shared, ephemeral, self.public()).decrypt(_NONCE, sealed[_PUBLIC_BYTES:], None)
        except (InvalidTag, ValueError) as fault:
            raise ValueError("not sealed for this key") from fault


def seal_for(public: str, content: bytes) -> bytes:
    """`content` sealed for the key whose public half (hex) is given."""
    moment = X25519PrivateKey.generate()
    ephemeral = moment.public_key().public_bytes_raw()
    shared = moment.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(public)))
    return ephemeral + _cipher(shared, ephemeral, public).encrypt(_NONCE, content, None)


def _cipher(shared: bytes, ephemeral: bytes, public: str) -> ChaCha20Poly1305:
    info = b"azpost sealed" + ephemeral + bytes.fromhex(public)
    return ChaCha20Poly1305(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(shared))
