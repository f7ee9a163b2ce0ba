//! Colours as every screen shows them: what a picture's profile (ICC) means, in sRGB.

use image::RgbaImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// Turns colours of a profile into those of sRGB. Colours that sRGB lacks become its nearest; a profile that cannot be
/// read changes nothing.
pub(super) fn to_srgb(picture: &mut RgbaImage, profile: &[u8]) {
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return };
    if profile.color_space != DataColorSpace::Rgb {
        return;
    }
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let transform = profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgba, options);
    let Ok(transform) = transform else { return };
    let row_bytes = picture.width() as usize * 4;
    let mut converted = vec![0; row_bytes];
    for row in picture.chunks_exact_mut(row_bytes.max(1)) {
        if transform.transform(row, &mut converted).is_ok() {
            row.copy_from_slice(&converted);
        }
    }
}
