//! How figures grow with a number: a line for each contender.

use std::collections::BTreeMap;
use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::canvas::{Canvas, Drawn};
use super::palette::Palette;
use crate::row::{BASE, SUBJECT};

// All lengths in pixels.
const SIZE: (i32, i32) = (900, 420);
const LEFT: i32 = 80;
const RIGHT: i32 = 690;
const TOP: i32 = 70;
const BOTTOM: i32 = 360;
/// Between labels, at least.
const STEP: i32 = 20;
const STEPS: i32 = 5;

/// The points of each contender, by its label.
pub(crate) type Series = BTreeMap<&'static str, Vec<(u32, f64)>>;

/// Draws the chart as SVG; the axis of the numbers is logarithmic.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn draw(
    path: &Path,
    title: &str,
    axis: &str,
    series: &Series,
    palette: &Palette,
) -> Drawn {
    let canvas = Canvas::new(path, SIZE, palette)?;
    let frame = Frame::of(series);
    canvas.write(title, (28, 30), 22, palette.ink, HPos::Left)?;
    let middle = (LEFT + RIGHT) / 2;
    let below = (middle, BOTTOM + 44);
    canvas.write(axis, below, 14, palette.faint, HPos::Center)?;
    canvas.grid(&frame)?;
    for (label, points) in series {
        canvas.series(&frame, color(label, series, palette), points)?;
    }
    canvas.legend(&frame, series)?;
    canvas.area.present()?;
    Ok(())
}

/// Where points go.
struct Frame {
    numbers: Vec<u32>,
    /// What the top stands for.
    top: f64,
}

impl Frame {
    fn of(series: &Series) -> Self {
        let points = || series.values().flatten();
        let mut numbers: Vec<u32> = points().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let greatest = points().map(|(_, value)| *value).fold(0.0, f64::max);
        Self {
            numbers,
            top: round_up(greatest),
        }
    }

    fn x(&self, number: u32) -> i32 {
        let log = |number: u32| f64::from(number.max(1)).ln();
        let first = log(self.numbers.first().copied().unwrap_or(1));
        let last = log(self.numbers.last().copied().unwrap_or(1));
        let share = (log(number) - first) / (last - first).max(f64::MIN_POSITIVE);
        LEFT + (share * f64::from(RIGHT - LEFT)).round() as i32
    }

    fn y(&self, value: f64) -> i32 {
        let share = (value / self.top).clamp(0.0, 1.0);
        BOTTOM - (share * f64::from(BOTTOM - TOP)).round() as i32
    }
}

/// To something that five steps divide well.
fn round_up(greatest: f64) -> f64 {
    let unit = 10f64.powf(greatest.max(f64::MIN_POSITIVE).log10().floor());
    let rounds = [1.0, 1.5, 2.0, 2.5, 5.0, 10.0].map(|it| it * unit);
    rounds.into_iter().find(|it| *it >= greatest).unwrap_or(1.0)
}

fn color(label: &str, series: &Series, palette: &Palette) -> RGBColor {
    let others = series.keys().filter(|it| ![SUBJECT, BASE].contains(*it));
    match label {
        SUBJECT => palette.ours,
        BASE => palette.plain,
        _ => {
            let at = others.take_while(|it| **it != label).count();
            palette.lines[at % palette.lines.len()]
        }
    }
}

fn with_separators(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl Canvas<'_> {
    fn grid(&self, frame: &Frame) -> Drawn {
        let (faint, rule) = (self.palette.faint, self.palette.others);
        for step in 0..=STEPS {
            let value = frame.top * f64::from(step) / f64::from(STEPS);
            let y = frame.y(value);
            self.line(vec![(LEFT, y), (RIGHT, y)], rule, 1)?;
            let text = with_separators(value);
            self.write(&text, (LEFT - 10, y), 13, faint, HPos::Right)?;
        }
        for number in &frame.numbers {
            let at = (frame.x(*number), BOTTOM + 20);
            let text = with_separators(f64::from(*number));
            self.write(&text, at, 13, faint, HPos::Center)?;
        }
        Ok(())
    }

    fn series(&self, frame: &Frame, color: RGBColor, points: &[(u32, f64)]) -> Drawn {
        let at = |(number, value): &(u32, f64)| (frame.x(*number), frame.y(*value));
        let points: Vec<_> = points.iter().map(at).collect();
        for point in &points {
            self.area.draw(&Circle::new(*point, 4, color.filled()))?;
        }
        self.line(points, color, 3)
    }

    /// Beside the ends of the lines, and not one over another.
    fn legend(&self, frame: &Frame, series: &Series) -> Drawn {
        let end = |points: &Vec<(u32, f64)>| points.last().map_or(BOTTOM, |it| frame.y(it.1));
        let mut labels: Vec<_> = series
            .iter()
            .map(|(label, points)| (end(points), *label))
            .collect();
        labels.sort_unstable();
        let mut lowest = TOP - STEP;
        for (y, label) in labels {
            lowest = y.max(lowest + STEP);
            let color = color(label, series, self.palette);
            self.line(vec![(RIGHT + 14, lowest), (RIGHT + 30, lowest)], color, 3)?;
            let at = (RIGHT + 38, lowest);
            self.write(label, at, 14, self.palette.ink, HPos::Left)?;
        }
        Ok(())
    }
}
