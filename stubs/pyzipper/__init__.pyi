import zipfile

class AESZipInfo(zipfile.ZipInfo):
    wz_aes_strength: int
    wz_aes_version: int

class AESZipFile(zipfile.ZipFile):
    def infolist(self) -> list[AESZipInfo]: ...  # type: ignore[override]
