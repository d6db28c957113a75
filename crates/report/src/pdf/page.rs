//! Sheets of paper: what is drawn where. Lengths in points from the top left of the type area.

use crate::drawing::Rgb;

use super::MM;
use super::line::Atom;

/// Type area (版心): 156 × 225 mm.
pub(crate) const AREA: (f32, f32) = (156.0 * MM, 225.0 * MM);

const INK: Rgb = (0, 0, 0);

/// Something drawn.
#[derive(Clone, Debug)]
pub(crate) enum Mark {
    Text {
        x: f32,
        y: f32,
        atoms: Vec<Atom>,
        colour: Rgb,
    },
    Lines {
        points: Vec<(f32, f32)>,
        colour: Rgb,
        width: f32,
        dashed: bool,
    },
    Rect {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        fill: Rgb,
    },
}

/// The pages, written from top to bottom.
pub(crate) struct Sheet {
    pages: Vec<Vec<Mark>>,
    y: f32,
}

impl Sheet {
    pub(crate) fn new() -> Self {
        Self {
            pages: vec![Vec::new()],
            y: 0.0,
        }
    }

    pub(crate) fn pages(&self) -> usize {
        self.pages.len()
    }

    pub(crate) fn into_pages(self) -> Vec<Vec<Mark>> {
        self.pages
    }

    /// Where writing goes on.
    pub(crate) fn y(&self) -> f32 {
        self.y
    }

    /// Room left on the page.
    pub(crate) fn left(&self) -> f32 {
        AREA.1 - self.y
    }

    /// Goes down; past the end of the page the next piece begins a new one.
    pub(crate) fn down(&mut self, by: f32) {
        self.y += by;
    }

    /// Begins a new page unless so much room is left, or the page is empty.
    pub(crate) fn need(&mut self, height: f32) {
        if self.left() + 0.1 < height && self.y > 0.0 {
            self.turn();
        }
    }

    /// Begins a new page, if this one is not empty.
    pub(crate) fn turn(&mut self) {
        if self.pages.last().is_some_and(|p| !p.is_empty()) {
            self.pages.push(Vec::new());
        }
        self.y = 0.0;
    }

    fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    pub(crate) fn text(&mut self, x: f32, y: f32, atoms: &[Atom]) {
        self.coloured(x, y, atoms, INK);
    }

    pub(crate) fn coloured(&mut self, x: f32, y: f32, atoms: &[Atom], colour: Rgb) {
        if !atoms.is_empty() {
            let atoms = atoms.to_vec();
            self.put(Mark::Text { x, y, atoms, colour });
        }
    }

    /// Writes on an earlier page.
    pub(crate) fn on(&mut self, page: usize, x: f32, y: f32, atoms: &[Atom]) {
        if let Some(page) = self.pages.get_mut(page) {
            let atoms = atoms.to_vec();
            page.push(Mark::Text {
                x,
                y,
                atoms,
                colour: INK,
            });
        }
    }

    pub(crate) fn lines(&mut self, points: Vec<(f32, f32)>, colour: Rgb, width: f32, dashed: bool) {
        self.put(Mark::Lines {
            points,
            colour,
            width,
            dashed,
        });
    }

    pub(crate) fn rect(&mut self, x: f32, y: f32, width: f32, height: f32, fill: Rgb) {
        self.put(Mark::Rect {
            x,
            y,
            width,
            height,
            fill,
        });
    }
}
