#!/usr/bin/env bash
# A JPEG from a phone that carries a second, small picture (a preview or a map of depth) behind the first, opened with Pillow.
#
# Expected: it is a JPEG, as its first bytes, `file` and sharp say: format "JPEG", one picture, not animated.
# What happens: Pillow 13.0.0 calls it MPO, image/mpo, with n_frames 2 and is_animated True; also if it was opened with
# formats=["JPEG"], which was to allow nothing else. A server that takes image/jpeg alone refuses the photograph, one that has a
# way of its own for animated pictures sends it there, and save(..., save_all=True) to WebP throws since the two differ in size.
# A photograph drawn for a test, or sent through a program that drops the second picture, is a JPEG.
# So: take MPO for JPEG, and look at n_frames for GIF, PNG, WebP and AVIF only.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install pillow==13.0.0
npm install --silent --no-fund --no-audit sharp@0.34.4 >/dev/null 2>&1
cat >photo.py <<'PYTHON'
import io
from PIL import Image

photo, preview = Image.new("RGB", (640, 480), "red"), Image.new("RGB", (160, 120), "red")
photo.save("plain.jpg", "JPEG")
photo.save("phone.jpg", "MPO", save_all=True, append_images=[preview])
for name in ("plain.jpg", "phone.jpg"):
    for formats in (None, ["JPEG"]):
        with Image.open(name, formats=formats) as picture:
            print(f"{name}, formats={formats}: {picture.format}, {picture.get_format_mimetype()},", end=" ")
            print(f"{getattr(picture, 'n_frames', 1)} frames, animated {getattr(picture, 'is_animated', False)}", end=", ")
            try:
                picture.save(io.BytesIO(), "WEBP", save_all=True)
                print("saved as WebP")
            except RuntimeError:
                print("no WebP of it")
PYTHON
cat >photo.js <<'NODE'
const sharp = require("sharp");
(async () => {
    for (const name of ["plain.jpg", "phone.jpg"]) {
        const { format, pages = 1 } = await sharp(name).metadata();
        console.log(`${name} for sharp: ${format}, ${pages} page`);
    }
})();
NODE
{
    venv/bin/python photo.py
    node photo.js
    printf 'first bytes: %s\n' "$(head -q -c 3 plain.jpg phone.jpg | od -An -tx1 | xargs)"
} | tee seen
diff seen - <<'EXPECTED'
plain.jpg, formats=None: JPEG, image/jpeg, 1 frames, animated False, saved as WebP
plain.jpg, formats=['JPEG']: JPEG, image/jpeg, 1 frames, animated False, saved as WebP
phone.jpg, formats=None: MPO, image/mpo, 2 frames, animated True, no WebP of it
phone.jpg, formats=['JPEG']: MPO, image/mpo, 2 frames, animated True, no WebP of it
plain.jpg for sharp: jpeg, 1 page
phone.jpg for sharp: jpeg, 1 page
first bytes: ff d8 ff ff d8 ff
EXPECTED
