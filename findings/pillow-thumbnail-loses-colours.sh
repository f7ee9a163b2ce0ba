#!/usr/bin/env bash
# Thumbnails of phone pictures in Display P3, made with Pillow.
#
# Expected: save() treats the colour profile of the opened picture alike in every format that can carry one: all keep it, or none.
# What happens: Pillow 13.0.0 writes the profile into PNG and AVIF by itself and leaves it out of JPEG and WebP. The pixels are not
# converted either way, so the same picture keeps its colours as a PNG thumbnail and turns pale as a JPEG or WebP one: viewers
# take the numbers, which mean Display P3, for sRGB.
# So: pass icc_profile=picture.info.get("icc_profile") to every save(), or convert the pixels to sRGB first.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install pillow==13.0.0
venv/bin/python - <<'PYTHON' | tee seen
import io
from PIL import Image, ImageCms
def again(picture, format, **options):
    file = io.BytesIO()
    picture.save(file, format, **options)
    return Image.open(file)
profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
camera = again(Image.new("RGB", (640, 480), (10, 200, 30)), "JPEG", icc_profile=profile)
thumbnail = camera.copy()
thumbnail.thumbnail((198, 198))
print("opened: profile", "icc_profile" in camera.info, "- in memory after thumbnail():", "icc_profile" in thumbnail.info)
for format in ("PNG", "AVIF", "JPEG", "WEBP"):
    print(format, "icc_profile" in again(thumbnail, format).info)
PYTHON
diff seen - <<'EXPECTED'
opened: profile True - in memory after thumbnail(): True
PNG True
AVIF True
JPEG False
WEBP False
EXPECTED
