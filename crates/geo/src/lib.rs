//! Where things are: coordinates and their Chinese offsets, distances, areas, rivers, interpolation, tiles.
//!
//! Pure: no IO, no clock, no SQL, no HTTP. Positions are CGCS2000 degrees, longitude first, unless a name says
//! otherwise. Nothing here knows a district.

mod coord;
mod fit;
mod idw;
mod measure;
mod rivers;
mod shape;
mod tile;

pub use coord::{Crs, LonLat, convert};
pub use fit::{Fit, anchors, within};
pub use idw::{Grid, Idw, IdwError, Sample, interpolate};
pub use measure::{Bounds, area_m2, bearing_deg, distance_m, length_m};
pub use rivers::{Chainage, Flow, Found, Reach, ReachId, RiverGraph};
pub use shape::{GeoError, Polygon, Polygons, lines};
pub use tile::{Tile, TileError};
