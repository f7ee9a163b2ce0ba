#!/usr/bin/env bash
# Making an animated sticker smaller, or another format of it, with Pillow.
#
# Expected: save(..., save_all=True) keeps how long each picture is shown, in every format that can say it, or in none.
# What happens: Pillow 13.0.0 keeps the times when it writes GIF and PNG. WebP gets the first picture's time for all of them,
# also from WebP to WebP, and AVIF gets 1 ms for each. Nothing is said. Who wants to hand the times over by
# frame.info["duration"] has another surprise: with GIF and PNG it is there as soon as the frame is gone to; with WebP and AVIF
# only after frame.load(), so a loop that reads it first, tried with a GIF, finds none.
# So: load() each frame, read its duration, and pass duration=[...] to save() always.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install pillow==13.0.0
cat >sticker.py <<'PYTHON'
import io, PIL
from PIL import Image, ImageSequence


def write(frames, format, **options):
    file = io.BytesIO()
    frames[0].save(file, format, save_all=True, append_images=frames[1:], **options)
    return Image.open(file)


def times(picture, load=True):
    seen = []
    for frame in ImageSequence.Iterator(picture):
        if load:
            frame.load()
        time = frame.info.get("duration")
        seen.append(time and round(time))
    return seen


def smaller(picture):
    return [frame.resize((16, 16)) for frame in ImageSequence.Iterator(picture)]


print("Pillow", PIL.__version__)
drawn = [Image.new("RGB", (32, 32), colour) for colour in ("red", "green", "blue")]
for format in ("GIF", "PNG", "WEBP", "AVIF"):
    print(format, "without load():", times(write(drawn, format, duration=[100, 900, 300]), load=False), end=", ")
    print("with:", times(write(drawn, format, duration=[100, 900, 300])))
for format in ("GIF", "PNG", "WEBP", "AVIF"):
    sticker = write(drawn, "WEBP", duration=[100, 900, 300])
    print("WEBP made smaller to", format, times(write(smaller(sticker), format)), end=", ")
    print("with duration=", times(write(smaller(sticker), format, duration=times(sticker))))
PYTHON
venv/bin/python sticker.py | tee seen
diff seen - <<'EXPECTED'
Pillow 13.0.0
GIF without load(): [100, 900, 300], with: [100, 900, 300]
PNG without load(): [100, 900, 300], with: [100, 900, 300]
WEBP without load(): [None, None, None], with: [100, 900, 300]
AVIF without load(): [None, None, None], with: [100, 900, 300]
WEBP made smaller to GIF [100, 900, 300], with duration= [100, 900, 300]
WEBP made smaller to PNG [100, 900, 300], with duration= [100, 900, 300]
WEBP made smaller to WEBP [100, 100, 100], with duration= [100, 900, 300]
WEBP made smaller to AVIF [1, 1, 1], with duration= [100, 900, 300]
EXPECTED
