//! Where things are: coordinates and their Chinese offsets, distances, areas, zone tests, layer files, rivers,
//! interpolation, tiles.
//!
//! Pure: no IO, no clock, no SQL, no HTTP. Positions are CGCS2000 degrees, longitude first, unless a name says
//! otherwise. Nothing here knows a district.

mod bands;
mod coord;
mod fit;
mod gauss;
mod geometry;
mod idw;
pub mod layer;
pub mod limits;
mod measure;
mod mvt;
mod relate;
mod rivers;
mod shape;
mod tile;
mod travel;

pub use bands::{Band, bands};
pub use coord::{Crs, LonLat, convert};
pub use fit::{Fit, anchors, within};
pub use gauss::Zone;
pub use geometry::Geometry;
pub use idw::{Grid, Idw, IdwError, Sample, interpolate};
pub use measure::{Bounds, area_m2, bearing_deg, distance_m, length_m};
pub use mvt::{Drawn, Tag, encode};
pub use relate::{Related, Relation, TOUCHING_M, relate};
pub use rivers::{Chainage, Flow, Found, Reach, ReachId, RiverGraph};
pub use shape::{GeoError, Polygon, Polygons, lines};
pub use tile::{Tile, TileError};
pub use travel::{Reached, upstream};
