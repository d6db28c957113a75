//! Faces for the PDF: chosen among the font files the caller gives. Official documents are set in 仿宋, 黑体, 楷体 and
//! 小标宋; where these are missing the nearest Chinese face stands in. Without any Chinese face there is no PDF.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use skrifa::instance::{LocationRef, Size};
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider};

use crate::limits::MAX_FONT;

/// Where Debian, openEuler, Kylin, UOS, Windows and macOS keep Chinese fonts. Those that exist are to be given to
/// [`Fonts::read`].
pub const USUAL: [&str; 30] = [
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/noto-cjk/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/usr/share/fonts/truetype/arphic/ukai.ttc",
    "/usr/share/fonts/truetype/simfang.ttf",
    "/usr/share/fonts/truetype/simhei.ttf",
    "/usr/share/fonts/truetype/simkai.ttf",
    "/usr/share/fonts/truetype/simsun.ttc",
    "/usr/local/share/fonts/simfang.ttf",
    "/usr/local/share/fonts/simhei.ttf",
    "/usr/local/share/fonts/simkai.ttf",
    "/usr/local/share/fonts/simsun.ttc",
    "/usr/local/share/fonts/FZXBSJW.TTF",
    "C:\\Windows\\Fonts\\simfang.ttf",
    "C:\\Windows\\Fonts\\simhei.ttf",
    "C:\\Windows\\Fonts\\simkai.ttf",
    "C:\\Windows\\Fonts\\simsun.ttc",
    "C:\\Windows\\Fonts\\FZXBSJW.TTF",
    "/System/Library/Fonts/Supplemental/Songti.ttc",
    "/System/Library/Fonts/STHeiti Medium.ttc",
];

/// What a face is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// 仿宋: body.
    Body,
    /// 仿宋 bold: headings of the third level, emphasis.
    Strong,
    /// 黑体: headings of the first level, heads of tables, captions.
    Hei,
    /// 楷体: headings of the second level.
    Kai,
    /// 小标宋: title.
    Title,
    /// 宋体: tables, notes, page numbers.
    Song,
}

/// Families wanted for a role, the best first; parts of a family's name in lower case, and whether bold.
const WANTED: [(Role, &[(&str, bool)]); 6] = [
    (
        Role::Body,
        &[
            ("仿宋", false),
            ("fangsong", false),
            ("noto serif cjk sc", false),
            ("source han serif sc", false),
            ("simsun", false),
            ("宋体", false),
            ("songti sc", false),
            ("uming", false),
        ],
    ),
    (
        Role::Strong,
        &[
            ("noto serif cjk sc", true),
            ("source han serif sc", true),
            ("黑体", false),
            ("simhei", false),
            ("noto sans cjk sc", true),
        ],
    ),
    (
        Role::Hei,
        &[
            ("黑体", false),
            ("simhei", false),
            ("noto sans cjk sc", true),
            ("source han sans sc", true),
            ("heiti sc", false),
            ("noto sans cjk sc", false),
            ("wenquanyi", false),
        ],
    ),
    (
        Role::Kai,
        &[
            ("楷体", false),
            ("kaiti", false),
            ("ukai", false),
            ("noto serif cjk sc", true),
            ("noto serif cjk sc", false),
        ],
    ),
    (
        Role::Title,
        &[
            ("小标宋", false),
            ("xiaobiaosong", false),
            ("noto serif cjk sc", true),
            ("source han serif sc", true),
            ("simsun", false),
            ("songti sc", true),
        ],
    ),
    (
        Role::Song,
        &[
            ("simsun", false),
            ("宋体", false),
            ("noto serif cjk sc", false),
            ("source han serif sc", false),
            ("songti sc", false),
            ("uming", false),
        ],
    ),
];

/// Characters a face must hold to set a report of the environment.
const NEEDED: [char; 4] = ['国', '环', '境', '—'];

/// Fonts that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// None of the files holds Chinese characters.
    #[error(
        "没有可用的中文字体，无法生成 PDF：请安装（Debian：apt install fonts-noto-cjk），或指明字体文件；已看过 {tried} 个文件 / no usable Chinese font, so no PDF: install one (Debian: apt install fonts-noto-cjk) or name a font file; {tried} files were looked at"
    )]
    NoChinese {
        /// Files looked at.
        tried: usize,
    },
    /// A file could not be read.
    #[error("字体文件 {path} 无法读取：{message} / font file {path} cannot be read: {message}")]
    Read {
        /// Path.
        path: String,
        /// Reason.
        message: String,
    },
    /// A file is too large.
    #[error("字体文件 {0} 超过 64 MB / font file {0} is larger than 64 MB")]
    TooLarge(String),
}

/// A face of a font file.
#[derive(Clone)]
pub(crate) struct Face {
    data: Arc<Vec<u8>>,
    index: u32,
    family: String,
    bold: bool,
    pub(crate) font: krilla::text::Font,
}

/// Faces by role.
#[derive(Clone)]
pub struct Fonts {
    faces: Vec<Face>,
    roles: BTreeMap<Role, usize>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self
            .roles
            .iter()
            .map(|(role, i)| (role, self.faces.get(*i).map(|x| x.family.as_str())));
        f.debug_map().entries(names).finish()
    }
}

/// Whether any of these files holds Chinese characters: what [`Fonts::read`] would find, without keeping it.
pub fn any_chinese<P: AsRef<Path>>(paths: &[P]) -> bool {
    let existing = paths.iter().map(AsRef::as_ref).filter(|p| p.exists());
    existing
        .filter(|p| p.metadata().is_ok_and(|m| m.len() <= MAX_FONT as u64))
        .filter_map(|p| std::fs::read(p).ok())
        .any(|data| !faces_of(&Arc::new(data)).is_empty())
}

impl Fonts {
    /// Reads font files; paths that do not exist are passed over.
    pub fn read<P: AsRef<Path>>(paths: &[P]) -> Result<Self, FontError> {
        let mut files = Vec::new();
        for path in paths.iter().map(AsRef::as_ref).filter(|p| p.exists()) {
            let shown = path.display().to_string();
            let data = std::fs::read(path).map_err(|e| FontError::Read {
                path: shown.clone(),
                message: e.to_string(),
            })?;
            if data.len() > MAX_FONT {
                return Err(FontError::TooLarge(shown));
            }
            files.push(data);
        }
        Self::new(files)
    }

    /// From the bytes of font files; collections are looked through.
    pub fn new(files: Vec<Vec<u8>>) -> Result<Self, FontError> {
        let tried = files.len();
        let mut faces: Vec<Face> = files
            .into_iter()
            .flat_map(|data| faces_of(&Arc::new(data)))
            .collect();
        let mut roles = BTreeMap::new();
        for (role, wanted) in WANTED {
            let best = wanted.iter().find_map(|(name, bold)| {
                faces
                    .iter()
                    .position(|f| f.bold == *bold && f.family.contains(name))
            });
            if let Some(place) = best.or_else(|| (!faces.is_empty()).then_some(0)) {
                roles.insert(role, place);
            }
        }
        // Keep what is used: a collection has up to ten faces.
        let used: Vec<usize> = {
            let mut used: Vec<usize> = roles.values().copied().collect();
            used.sort_unstable();
            used.dedup();
            used
        };
        let mut kept = Vec::new();
        for (new, old) in used.iter().enumerate() {
            kept.extend(faces.get(*old).cloned());
            for place in roles.values_mut().filter(|p| **p == *old) {
                *place = new;
            }
        }
        faces = kept;
        if faces.is_empty() {
            return Err(FontError::NoChinese { tried });
        }
        Ok(Self { faces, roles })
    }

    /// Face number of a role.
    pub(crate) fn role(&self, role: Role) -> usize {
        self.roles.get(&role).copied().unwrap_or(0)
    }

    pub(crate) fn face(&self, place: usize) -> Option<&Face> {
        self.faces.get(place)
    }

    /// Face and glyph of a character: the wanted face, else another that has it, else the wanted face's empty box.
    pub(crate) fn glyph(&self, face: usize, c: char) -> (usize, u32, f32) {
        let others = (0..self.faces.len()).filter(|other| *other != face);
        for place in std::iter::once(face).chain(others) {
            if let Some((glyph, width)) = self.face(place).and_then(|f| f.glyph(c)) {
                return (place, glyph, width);
            }
        }
        (face, 0, 1.0)
    }
}

impl Face {
    /// Glyph and advance in ems.
    fn glyph(&self, c: char) -> Option<(u32, f32)> {
        let font = FontRef::from_index(&self.data, self.index).ok()?;
        let glyph = font.charmap().map(c)?;
        let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
        Some((glyph.to_u32(), metrics.advance_width(glyph)?))
    }
}

/// The faces of a file that hold Chinese characters.
fn faces_of(data: &Arc<Vec<u8>>) -> Vec<Face> {
    // A collection has no more faces than this; indexes beyond the last are refused by the reader.
    const MOST: u32 = 32;
    let mut out = Vec::new();
    for index in 0..MOST {
        let Ok(font) = FontRef::from_index(data, index) else {
            break;
        };
        let map = font.charmap();
        if !NEEDED.iter().all(|c| map.map(*c).is_some()) {
            continue;
        }
        let names = [
            StringId::FAMILY_NAME,
            StringId::TYPOGRAPHIC_FAMILY_NAME,
            StringId::FULL_NAME,
        ];
        let family: String = names
            .into_iter()
            .flat_map(|id| font.localized_strings(id))
            .map(|name| name.chars().collect::<String>().to_lowercase())
            .collect::<Vec<_>>()
            .join("|");
        let bold = font.attributes().weight.value() >= 600.0;
        if let Some(made) = krilla::text::Font::new(Arc::clone(data).into(), index) {
            out.push(Face {
                data: Arc::clone(data),
                index,
                family,
                bold,
                font: made,
            });
        }
    }
    out
}
