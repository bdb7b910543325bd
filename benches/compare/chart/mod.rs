//! The table as a chart: a group of bars for each row, each on a scale of its own.

mod canvas;
mod lines;
mod palette;

use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use crate::limits::{Verdict, judge_all};
use crate::measure::{Figure, Measured, Summary};
use crate::row::{BASE, Entry, PLAIN_WEBSOCKET, SUBJECT};
use canvas::{Canvas, Drawn};
pub(crate) use lines::{Series, draw as draw_lines};
use palette::Palette;
pub(crate) use palette::{DARK, LIGHT};

// All lengths in pixels.
const MARGIN: i32 = 28;
const HEADING: i32 = 84;
const COLUMN: i32 = 660;
const GUTTER: i32 = 40;
/// Of a group: its title, and the room below it.
const TITLE: i32 = 34;
const SPACE: i32 = 26;
/// Of a bar, and to the next one.
const BAR: i32 = 15;
const STEP: i32 = 21;
/// Where bars begin, and how long they may be.
const LABELS: i32 = 230;
const LONGEST: i32 = 340;

/// A bar longer than so many of the subject's, or of its limit's, is cut.
const CUT: f64 = 4.0;

/// Draws the chart as SVG.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn draw(
    path: &Path,
    title: &str,
    measured: &[&Measured<'_>],
    palette: &Palette,
) -> Drawn {
    let (columns, height) = lay_out(measured);
    let width = 2 * MARGIN + 2 * COLUMN + GUTTER;
    let canvas = Canvas::new(path, (width, height), palette)?;
    canvas.heading(title)?;
    for (group, at) in measured.iter().zip(columns) {
        canvas.draw_group(at, group)?;
    }
    canvas.area.present()?;
    Ok(())
}

/// Where each group goes, in two columns from top to bottom, and the height of it all.
fn lay_out(measured: &[&Measured<'_>]) -> (Vec<(i32, i32)>, i32) {
    let total: i32 = measured.iter().map(|it| height_of(it)).sum();
    let (mut places, mut left, mut right) = (Vec::new(), HEADING, HEADING);
    for group in measured {
        let height = height_of(group);
        if right == HEADING && left - HEADING + height / 2 <= total / 2 {
            places.push((MARGIN, left));
            left += height;
        } else {
            places.push((MARGIN + COLUMN + GUTTER, right));
            right += height;
        }
    }
    (places, left.max(right) + MARGIN)
}

fn height_of(group: &Measured<'_>) -> i32 {
    let bars = i32::try_from(group.row.entries.len()).unwrap_or(0);
    TITLE + bars * STEP + SPACE
}

impl Canvas<'_> {
    fn heading(&self, title: &str) -> Drawn {
        self.write(title, (MARGIN, MARGIN), 24, self.palette.ink, HPos::Left)?;
        let legend = "Shorter is better. Each group has a scale of its own; a bar with a gap is longer \
                  than it is drawn.";
        let y = MARGIN + 26;
        self.write(legend, (MARGIN, y), 14, self.palette.faint, HPos::Left)?;
        let x = MARGIN + COLUMN + GUTTER;
        self.mark(x + 4, y, 9)?;
        let legend = "what tauraro's bar may reach at most";
        self.write(legend, (x + 14, y), 14, self.palette.faint, HPos::Left)
    }

    fn draw_group(&self, (x, y): (i32, i32), group: &Measured<'_>) -> Drawn {
        let row = group.row;
        let title = format!("{}, {}", row.title, row.unit.name());
        self.write(&title, (x, y + 10), 16, self.palette.ink, HPos::Left)?;
        if let Some((text, color)) = self.verdict(group) {
            self.write(text, (x + COLUMN, y + 10), 14, color, HPos::Right)?;
        }
        let rule = [(x, y + 22), (x + COLUMN, y + 22)];
        self.area
            .draw(&PathElement::new(rule, self.palette.others.stroke_width(1)))?;
        let scale = Scale::of(group);
        for (at, (entry, figure)) in (0..).zip(group.iter()) {
            let middle = y + TITLE + at * STEP + STEP / 2;
            self.draw_bar((x, middle), group, (entry, figure), &scale)?;
        }
        Ok(())
    }

    fn verdict(&self, group: &Measured<'_>) -> Option<(&'static str, RGBColor)> {
        match judge_all(group)? {
            Verdict::Met => Some(("limits met", self.palette.good)),
            Verdict::Missed => Some(("limits missed", self.palette.bad)),
            Verdict::Open => Some(("not all compared", self.palette.faint)),
        }
    }

    fn draw_bar(
        &self,
        (x, middle): (i32, i32),
        group: &Measured<'_>,
        (entry, figure): (&Entry, &Figure),
        scale: &Scale,
    ) -> Drawn {
        let color = if entry.label == SUBJECT {
            self.palette.ours
        } else {
            self.palette.ink
        };
        let start = x + LABELS;
        self.write(entry.label, (start - 8, middle), 14, color, HPos::Right)?;
        let (text, end) = match figure {
            Figure::Known(Summary { median, .. }) => {
                let end = start + scale.length(*median);
                let corners = [(start, middle - BAR / 2), (end, middle + BAR / 2)];
                self.area
                    .draw(&Rectangle::new(corners, self.color_of(entry).filled()))?;
                if scale.cuts(*median) {
                    self.gap(end - 40, middle)?;
                }
                (group.row.unit.show(*median), end)
            }
            Figure::NotInstalled => ("not installed".to_owned(), start),
            Figure::Failed(_) => ("failed".to_owned(), start),
        };
        let bound = tightest(group).filter(|_| entry.label == SUBJECT);
        let mark_at = bound.map(|bound| start + scale.length(bound));
        if let Some(mark_at) = mark_at {
            self.mark(mark_at, middle, STEP / 2)?;
        }
        // Beside the mark, not across it.
        let clear = mark_at.filter(|at| (end - 4..end + 56).contains(at));
        let text_at = clear.unwrap_or(end) + 7;
        self.write(&text, (text_at, middle), 14, color, HPos::Left)
    }

    fn color_of(&self, entry: &Entry) -> RGBColor {
        match entry.label {
            SUBJECT => self.palette.ours,
            BASE | PLAIN_WEBSOCKET => self.palette.plain,
            _ => self.palette.others,
        }
    }

    /// A slanted gap in a bar.
    fn gap(&self, x: i32, middle: i32) -> Drawn {
        let half = BAR / 2 + 1;
        let corners = [
            (x + 4, middle - half),
            (x + 10, middle - half),
            (x + 4, middle + half),
            (x - 2, middle + half),
        ];
        self.area
            .draw(&Polygon::new(corners, self.palette.page.filled()))?;
        Ok(())
    }

    /// An upright line.
    fn mark(&self, x: i32, middle: i32, half: i32) -> Drawn {
        let line = [(x, middle - half), (x, middle + half)];
        self.area
            .draw(&PathElement::new(line, self.palette.limit.stroke_width(3)))?;
        Ok(())
    }
}

/// The least of what the limits allow.
fn tightest(group: &Measured<'_>) -> Option<f64> {
    let bounds = group.row.limits.iter().filter_map(|it| it.bound(group));
    bounds.min_by(f64::total_cmp)
}

/// How long bars are.
struct Scale {
    /// What the longest bar stands for.
    end: f64,
}

impl Scale {
    fn of(group: &Measured<'_>) -> Self {
        let longest = group
            .row
            .entries
            .iter()
            .filter_map(|it| group.figure(it.label));
        let longest = longest.fold(0.0, f64::max);
        let matters = [group.subject(), group.base(), tightest(group)];
        let matters = matters.into_iter().flatten().fold(0.0, f64::max);
        Self {
            end: longest
                .max(matters)
                .min(matters * CUT)
                .max(f64::MIN_POSITIVE),
        }
    }

    fn cuts(&self, figure: f64) -> bool {
        figure > self.end
    }

    fn length(&self, figure: f64) -> i32 {
        let share = (figure / self.end).clamp(0.0, 1.0);
        (share * f64::from(LONGEST)).round() as i32
    }
}
