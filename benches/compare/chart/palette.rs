//! Colours for pages that are light or dark.

use plotters::style::RGBColor;

/// What a chart is drawn with.
pub(crate) struct Palette {
    /// In the names of files.
    pub(crate) name: &'static str,
    pub(super) page: RGBColor,
    pub(super) ink: RGBColor,
    pub(super) faint: RGBColor,
    pub(super) ours: RGBColor,
    pub(super) limit: RGBColor,
    pub(super) plain: RGBColor,
    pub(super) others: RGBColor,
    pub(super) good: RGBColor,
    pub(super) bad: RGBColor,
    /// Of lines that are not ours and not plain Rust's.
    pub(super) lines: [RGBColor; 4],
}

/// On the white of a page.
pub(crate) const LIGHT: Palette = Palette {
    name: "light",
    page: RGBColor(255, 255, 255),
    ink: RGBColor(31, 41, 55),
    faint: RGBColor(107, 114, 128),
    ours: RGBColor(234, 88, 12),
    limit: RGBColor(30, 64, 175),
    plain: RGBColor(100, 116, 139),
    others: RGBColor(191, 203, 217),
    good: RGBColor(21, 128, 61),
    bad: RGBColor(185, 28, 28),
    lines: [
        RGBColor(37, 99, 235),
        RGBColor(22, 163, 74),
        RGBColor(147, 51, 234),
        RGBColor(202, 138, 4),
    ],
};

/// On the near-black that code hosts use.
pub(crate) const DARK: Palette = Palette {
    name: "dark",
    page: RGBColor(13, 17, 23),
    ink: RGBColor(230, 237, 243),
    faint: RGBColor(145, 152, 161),
    ours: RGBColor(249, 115, 22),
    limit: RGBColor(121, 192, 255),
    plain: RGBColor(125, 140, 158),
    others: RGBColor(61, 72, 87),
    good: RGBColor(63, 185, 80),
    bad: RGBColor(248, 81, 73),
    lines: [
        RGBColor(88, 166, 255),
        RGBColor(63, 185, 80),
        RGBColor(188, 140, 255),
        RGBColor(210, 153, 34),
    ],
};
