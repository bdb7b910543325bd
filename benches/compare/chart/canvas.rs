//! What charts are drawn on.

use std::error::Error;
use std::fs;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::palette::Palette;

pub(super) type Drawn = Result<(), Box<dyn Error>>;

/// An SVG file.
pub(super) struct Canvas<'a> {
    pub(super) area: DrawingArea<SVGBackend<'a>, Shift>,
    pub(super) palette: &'a Palette,
}

impl<'a> Canvas<'a> {
    /// An empty one of so many pixels; its directory is made if need be.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn new(
        path: &'a Path,
        (width, height): (i32, i32),
        palette: &'a Palette,
    ) -> Result<Self, Box<dyn Error>> {
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        let size = (u32::try_from(width)?, u32::try_from(height)?);
        let area = SVGBackend::new(path, size).into_drawing_area();
        area.fill(&palette.page)?;
        Ok(Self { area, palette })
    }

    pub(super) fn write(
        &self,
        text: &str,
        at: (i32, i32),
        size: i32,
        color: RGBColor,
        side: HPos,
    ) -> Drawn {
        let style = TextStyle::from(("sans-serif", size).into_font());
        let style = style.color(&color).pos(Pos::new(side, VPos::Center));
        self.area.draw(&Text::new(text, at, style))?;
        Ok(())
    }

    pub(super) fn line(&self, points: Vec<(i32, i32)>, color: RGBColor, width: u32) -> Drawn {
        let path = PathElement::new(points, color.stroke_width(width));
        self.area.draw(&path)?;
        Ok(())
    }
}
