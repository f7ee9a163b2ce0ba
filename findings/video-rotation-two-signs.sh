#!/usr/bin/env bash
# How far to turn a video that a phone took upright, by the number that a library gives.
#
# Expected: a portrait video is stored lying and carries one rotation, so every library names the same angle for one file.
# What happens: for one file PyAV 18.1.0 says 90 and MediaInfo (pymediainfo 7.0.1) and OpenCV 5.0.0.93 say 270: one counts against
# the clock, the others with it. PyAV and MediaInfo give the lying size and PyAV's frame.to_image() a lying picture, without a
# word; OpenCV and the ffmpeg program turn what they give, and OpenCV names the angle all the same.
# So: a snapshot for a video message that is turned by "the rotation" stands on its head with half of the libraries.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install imageio-ffmpeg==0.6.0 av==18.1.0 pymediainfo==7.0.1 \
    opencv-python-headless==5.0.0.93 pillow==12.0.0
ffmpeg=$(venv/bin/python -c 'import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())')
"$ffmpeg" -v error -f lavfi -i testsrc=size=640x360:rate=10:duration=1 -pix_fmt yuv420p lying.mp4
"$ffmpeg" -v error -display_rotation 90 -i lying.mp4 -c copy upright.mp4
"$ffmpeg" -v error -i upright.mp4 -frames:v 1 snapshot.png
venv/bin/python - <<'PYTHON' | tee seen
import av, cv2, pymediainfo
from PIL import Image
print("ffmpeg      gives", Image.open("snapshot.png").size)
frame = next(av.open("upright.mp4").decode(video=0))
print("PyAV        says", frame.rotation, "gives", frame.to_image().size)
video = cv2.VideoCapture("upright.mp4")
height, width, _ = video.read()[1].shape
print("OpenCV      says", int(video.get(cv2.CAP_PROP_ORIENTATION_META)), "gives", (width, height))
track = next(track for track in pymediainfo.MediaInfo.parse("upright.mp4").tracks if track.track_type == "Video")
print("MediaInfo   says", int(float(track.rotation)), "size", (track.width, track.height))
PYTHON
diff seen - <<'EXPECTED'
ffmpeg      gives (360, 640)
PyAV        says 90 gives (640, 360)
OpenCV      says 270 gives (360, 640)
MediaInfo   says 270 size (640, 360)
EXPECTED
