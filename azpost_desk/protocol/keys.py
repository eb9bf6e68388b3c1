"""Signing keys: Ed25519, one per desk and epoch, one for the centre's acknowledgements, one for its
grants.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class SigningKey:
    """A private key that signs records, acknowledgements, grants or requests."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        self._secret = secret

    @classmethod
    def new(cls) -> SigningKey:
        """A fresh key from the system's randomness."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    def secret(self) -> bytes:
        """The 32 secret bytes, for the place that keeps them."""
        return self._secret

    def public(self) -> str:
        """The public key, 64 hex digits."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, words: bytes) -> bytes:
        """64 bytes of signature over `words`."""
        return self._key.sign(words)


def is_signed(public: str, words: bytes, signature: bytes) -> bool:
    """Whether `signature` over `words` was made with the key whose public half (hex) is given."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, words)
    except (InvalidSignature, ValueError):
        return False
    return True


def rotation_words(desk: str, epoch: int, old_key: str, new_key: str) -> bytes:
    """What the new key signs to prove that it follows the old one in the chain (desk, epoch)."""
    return f"rotate {desk}/{epoch} {old_key} {new_key}".encode()
