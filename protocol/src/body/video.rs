//! A video, and its snapshot: a picture that stands for it until it is played.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Element;
use crate::bounds::number;
use crate::media::{Attachment, FileType, Uploaded};
use crate::{Code, Fault, limits};

/// What a video message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoBody {
    /// The uploaded video.
    #[serde(rename = "videoUUID")]
    pub video_uuid: Uuid,
    /// Its address without a ticket: a path on the server, or a full URL if the host's own uploader stored it
    /// elsewhere. Empty before the upload.
    pub video_url: String,
    /// Its format, such as `mp4`: 1 to [`limits::VIDEO_FORMAT_BYTES`] letters and digits of ASCII.
    pub video_format: String,
    /// How long it is, in seconds, as its sender says.
    pub video_second: u32,
    /// Size in bytes.
    pub video_size: u64,
    /// The uploaded snapshot.
    #[serde(rename = "snapshotUUID")]
    pub snapshot_uuid: Uuid,
    /// The snapshot's address, as the video's.
    pub snapshot_url: String,
    /// Its width in pixels.
    pub snapshot_width: u32,
    /// Its height in pixels.
    pub snapshot_height: u32,
    /// Its size in bytes.
    pub snapshot_size: u64,
}

impl Element for VideoBody {
    fn label(&self) -> &'static str {
        "[Video]"
    }

    /// [`Code::MESSAGE_BODY_INVALID`], with the reason, for a format that is none.
    fn check(&self) -> Result<(), Fault> {
        number("videoSize", self.video_size)?;
        number("snapshotSize", self.snapshot_size)?;
        let format = self.video_format.as_bytes();
        let has_length = (1..=limits::VIDEO_FORMAT_BYTES).contains(&format.len());
        if has_length && format.iter().all(u8::is_ascii_alphanumeric) {
            Ok(())
        } else {
            let why = "a video's format has 1 to 16 letters and digits, as mp4";
            Err(Fault::with_text(Code::MESSAGE_BODY_INVALID, why))
        }
    }

    fn attachments(&self) -> Vec<Attachment> {
        let attachment = |file_type, name, uploaded| Attachment { file_type, name, uploaded };
        let name = format!("video.{}", self.video_format);
        let video = Uploaded::original_only(self.video_uuid, self.video_size, &self.video_url);
        let mut snapshot =
            Uploaded::original_only(self.snapshot_uuid, self.snapshot_size, &self.snapshot_url);
        for original in &mut snapshot.renditions {
            (original.width, original.height) = (self.snapshot_width, self.snapshot_height);
        }
        vec![attachment(FileType::Video, name, video), attachment(FileType::Image, String::new(), snapshot)]
    }

    fn attach(&mut self, place: usize, uploaded: Uploaded) -> Result<(), Fault> {
        let uuid = uploaded.uuid;
        let original = uploaded.original()?;
        let (size, url) = (original.size, original.url.clone());
        if place == 0 {
            (self.video_uuid, self.video_size, self.video_url) = (uuid, size, url);
        } else {
            (self.snapshot_uuid, self.snapshot_size, self.snapshot_url) = (uuid, size, url);
            if original.width > 0 && original.height > 0 {
                // The file may be another one than when the message was created.
                (self.snapshot_width, self.snapshot_height) = (original.width, original.height);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_has_its_place() {
        let mut video = VideoBody {
            video_uuid: Uuid::nil(),
            video_url: String::new(),
            video_format: "mp4".into(),
            video_second: 3,
            video_size: 5,
            snapshot_uuid: Uuid::nil(),
            snapshot_url: String::new(),
            snapshot_width: 30,
            snapshot_height: 20,
            snapshot_size: 7,
        };
        let uploaded = |uuid, size, url| Uploaded::original_only(uuid, size, url);
        video.attach(1, uploaded(Uuid::max(), 8, "/media/1/2/0")).unwrap();
        assert_eq!((video.video_url.as_str(), video.snapshot_url.as_str()), ("", "/media/1/2/0"));
        video.attach(0, uploaded(Uuid::max(), 6, "/media/1/3/0")).unwrap();
        let files = video.attachments();
        let found: Vec<_> = files.iter().map(|it| (it.file_type, it.uploaded.renditions[0].size)).collect();
        assert_eq!(found, [(FileType::Video, 6), (FileType::Image, 8)]);
        let unnamed = Uploaded { uuid: Uuid::nil(), renditions: Vec::new() };
        assert_eq!(video.attach(0, unnamed).unwrap_err().code, Code::UPLOAD_FAILED);
    }
}
