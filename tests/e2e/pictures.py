"""Pictures as a phone's camera makes them: heavy, and telling more than one sees."""

import io

from PIL import Image

CAMERA = b"CanaryPhone"


def camera_picture() -> bytes:
    """A picture of some megabytes with its camera and the place where it was taken."""
    picture = Image.effect_noise((2600, 1900), 90).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = CAMERA.decode()
    exif.get_ifd(0x8825)[2] = (36.0, 40.0, 12.5)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=92, exif=exif)
    assert len(file.getvalue()) > 1_000_000
    assert CAMERA in file.getvalue()
    return file.getvalue()


def camera_file() -> dict[str, object]:
    return {"name": "IMG_0815.jpg", "mimeType": "image/jpeg", "buffer": camera_picture()}
