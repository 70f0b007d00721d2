"""Private files (rosters, entries, results): what reaches the disk or the bucket is ciphertext."""

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from django.utils.deconstruct import deconstructible

from . import crypto


@deconstructible
class SealedStorage(Storage):
    """Wraps the "sealed" storage. Files are read whole: uploads are bounded by UPLOAD_MAX_MB."""

    @property
    def _below(self) -> Storage:
        return storages["sealed"]

    def _open(self, name: str, mode: str = "rb") -> File:
        with self._below.open(name, "rb") as sealed:
            return ContentFile(crypto.decrypt_bytes(sealed.read()), name=name)

    def _save(self, name: str, content: File) -> str:
        content.seek(0)
        return self._below.save(name, ContentFile(crypto.encrypt_bytes(content.read())))

    def delete(self, name: str) -> None:
        self._below.delete(name)

    def exists(self, name: str) -> bool:
        return self._below.exists(name)

    def size(self, name: str) -> int:
        return len(self._open(name).read())

    def url(self, name: str | None) -> str:
        raise ValueError("Sealed files have no address; serve them through a view that checks who asks.")
