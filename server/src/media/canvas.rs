//! A smaller copy of a picture, made while the picture's rows come in: each pixel of the copy is the mean of what it covers.
//!
//! Rows may come in any order and in parts, as interlaced pictures have them. Only rows of the copy that are neither
//! complete nor untouched take more than four bytes a pixel. Knows no format.

use image::RgbaImage;

/// The copy while it grows.
pub(super) struct Canvas {
    from: (u32, u32),
    to: (u32, u32),
    rows: Vec<Row>,
    pixels: Vec<u8>,
    /// Where each column of the picture lies in the copy.
    columns: Vec<Part>,
    /// Sums across one row of the picture.
    line: Vec<Sum>,
}

/// Red, green and blue times opacity, and opacity, each times the area that has it.
type Sum = [f32; 4];

/// Where a row or column of the picture lies: how much of it in one of the copy, and how much in the one after, in units
/// of 1 / (`from` * `to`).
#[derive(Clone, Copy)]
struct Part {
    index: u32,
    here: u32,
    after: u32,
}

/// A row of the copy.
#[derive(Default)]
struct Row {
    sums: Vec<Sum>,
    /// How much of its area is known; areas are counted in units of `from` by `to`.
    area: u64,
}

impl Canvas {
    /// Room for a copy of `to` pixels of a picture of `from` pixels. No side of the copy is the longer one.
    pub(super) fn new(from: (u32, u32), to: (u32, u32)) -> Self {
        let rows = (0..to.1).map(|_| Row::default()).collect();
        let pixels = vec![0; to.0 as usize * to.1 as usize * 4];
        let columns = (0..from.0).map(|x| part(x, from.0, to.0)).collect();
        Self { from, to, rows, pixels, columns, line: vec![[0.0; 4]; to.0 as usize] }
    }

    /// Adds pixels of row `y`: the first stands at `x`, the others follow `step` apart. What stands outside the picture
    /// is left out, and no pixel may come twice.
    pub(super) fn add(&mut self, y: u32, x: u32, step: u32, pixels: impl Iterator<Item = [u8; 4]>) {
        if y >= self.from.1 {
            return;
        }
        self.line.fill([0.0; 4]);
        let columns = self.columns.get(x as usize..).unwrap_or_default().iter().step_by(step.max(1) as usize);
        let mut count = 0;
        for (column, pixel) in columns.zip(pixels) {
            count += 1;
            let sums = self.line.get_mut(column.index as usize..).unwrap_or_default();
            let pixel = premultiplied(pixel);
            if let Some(here) = sums.first_mut() {
                add(here, pixel, column.here);
            }
            if column.after > 0
                && let Some(after) = sums.get_mut(1)
            {
                add(after, pixel, column.after);
            }
        }
        let (row, area) = (part(y, self.from.1, self.to.1), count * u64::from(self.to.0));
        self.add_line(row.index, area, row.here);
        if row.after > 0 {
            self.add_line(row.index + 1, area, row.after);
        }
    }

    /// Adds the line to a row of the copy, and completes the row if that was the last of it.
    fn add_line(&mut self, index: u32, area: u64, overlap: u32) {
        let whole = u64::from(self.from.0) * u64::from(self.to.0) * u64::from(self.from.1);
        let Some(row) = self.rows.get_mut(index as usize) else { return };
        row.sums.resize(self.line.len(), [0.0; 4]);
        for (sum, line) in row.sums.iter_mut().zip(&self.line) {
            add(sum, *line, overlap);
        }
        row.area += area * u64::from(overlap);
        if row.area >= whole {
            self.complete(index);
        }
    }

    fn complete(&mut self, index: u32) {
        let area = self.from.0 as f32 * self.from.1 as f32;
        let Some(row) = self.rows.get_mut(index as usize).map(std::mem::take) else { return };
        let start = index as usize * self.line.len() * 4;
        let pixels = self.pixels.get_mut(start..).unwrap_or_default();
        for (pixel, [red, green, blue, opacity]) in pixels.chunks_exact_mut(4).zip(row.sums) {
            let of_opacity = |sum: f32| if opacity > 0.0 { rounded(sum / opacity) } else { 0 };
            pixel.copy_from_slice(&[
                of_opacity(red),
                of_opacity(green),
                of_opacity(blue),
                rounded(opacity / area),
            ]);
        }
    }

    /// The copy. What never came is transparent.
    pub(super) fn finish(mut self) -> RgbaImage {
        for index in 0..self.to.1 {
            if self.rows.get(index as usize).is_some_and(|row| row.area > 0) {
                self.complete(index);
            }
        }
        RgbaImage::from_raw(self.to.0, self.to.1, self.pixels).unwrap_or_default()
    }
}

fn premultiplied([red, green, blue, opacity]: [u8; 4]) -> Sum {
    let opacity = f32::from(opacity);
    [f32::from(red) * opacity, f32::from(green) * opacity, f32::from(blue) * opacity, opacity]
}

fn add(sum: &mut Sum, what: Sum, weight: u32) {
    let weight = weight as f32;
    sum[0] += what[0] * weight;
    sum[1] += what[1] * weight;
    sum[2] += what[2] * weight;
    sum[3] += what[3] * weight;
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of floats saturates")]
fn rounded(value: f32) -> u8 {
    value.round() as u8
}

/// Where the `index`th of `from` equal parts lies among `to` parts. In two at most, because `to` is not greater than
/// `from`.
fn part(index: u32, from: u32, to: u32) -> Part {
    let (from, to) = (u64::from(from), u64::from(to));
    let (start, end) = (u64::from(index) * to, (u64::from(index) + 1) * to);
    let first = start / from;
    let border = ((first + 1) * from).min(end);
    let small = |it: u64| u32::try_from(it).unwrap_or(u32::MAX);
    Part { index: small(first), here: small(border - start), after: small(end - border) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgba;

    const RED: [u8; 4] = [255, 0, 0, 255];
    const BLUE: [u8; 4] = [0, 0, 255, 255];
    const NOTHING: [u8; 4] = [9, 9, 9, 0];

    #[test]
    fn a_copy_of_the_same_size_is_the_same() {
        let mut canvas = Canvas::new((3, 2), (3, 2));
        canvas.add(0, 0, 1, [RED, BLUE, [1, 2, 3, 4]].into_iter());
        canvas.add(1, 0, 1, [BLUE, RED, [5, 6, 7, 255]].into_iter());
        let copy = canvas.finish();
        assert_eq!((copy.get_pixel(0, 0).0, copy.get_pixel(0, 1).0), (RED, BLUE));
        assert_eq!((copy.get_pixel(2, 0).0, copy.get_pixel(2, 1).0), ([1, 2, 3, 4], [5, 6, 7, 255]));
    }

    #[test]
    fn a_pixel_is_the_mean_of_what_it_covers() {
        let mut canvas = Canvas::new((3, 1), (2, 1));
        canvas.add(0, 0, 1, [RED, BLUE, BLUE].into_iter());
        let copy = canvas.finish();
        assert_eq!((copy.get_pixel(0, 0).0, copy.get_pixel(1, 0).0), ([170, 0, 85, 255], BLUE));
    }

    #[test]
    fn what_is_transparent_lends_no_colour() {
        let mut canvas = Canvas::new((2, 1), (1, 1));
        canvas.add(0, 0, 1, [RED, NOTHING].into_iter());
        assert_eq!(canvas.finish().get_pixel(0, 0), &Rgba([255, 0, 0, 128]));
    }

    #[test]
    fn rows_come_in_any_order_and_in_parts() {
        let row = |y: u32| {
            let shade = u8::try_from(y * 50).unwrap();
            (0..5).map(move |x: u8| [x * 40, shade, x, 255])
        };
        let (mut whole, mut parts) = (Canvas::new((5, 4), (2, 3)), Canvas::new((5, 4), (2, 3)));
        (0..4).for_each(|y| whole.add(y, 0, 1, row(y)));
        for y in [3, 0, 2, 1] {
            parts.add(y, 1, 2, row(y).skip(1).step_by(2));
        }
        for y in [1, 3, 0, 2] {
            parts.add(y, 0, 2, row(y).step_by(2));
        }
        assert_eq!(whole.finish(), parts.finish());
    }

    #[test]
    fn what_lies_outside_is_left_out_and_what_never_came_is_transparent() {
        let mut canvas = Canvas::new((2, 2), (2, 2));
        canvas.add(0, 1, 1, [RED, BLUE].into_iter());
        canvas.add(2, 0, 1, [RED, BLUE].into_iter());
        let copy = canvas.finish();
        assert_eq!((copy.get_pixel(1, 0).0, copy.get_pixel(0, 0).0[3]), (RED, 0));
    }
}
