//! Zip archives: a Shapefile's members, a KMZ's document, a single GeoJSON.

use std::io::{Cursor, Read};

use super::{Layer, LayerError, Note, shapefile, single};
use crate::limits;

pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Layer, LayerError> {
    let broken = |e: &dyn std::fmt::Display| {
        LayerError::new(
            file,
            format!("压缩包无法读取（{e}），请重新打包为普通 zip"),
            format!("the archive cannot be read ({e}): pack it again as a plain zip"),
        )
    };
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
    if zip.len() > limits::ENTRIES {
        let most = limits::ENTRIES;
        return Err(LayerError::new(
            file,
            format!("压缩包内文件多于 {most} 个"),
            format!("more than {most} files in the archive"),
        ));
    }
    let mut left = limits::EXPANDED_BYTES;
    let mut members: Vec<Member> = Vec::new();
    for index in 0..zip.len() {
        let member = zip.by_index(index).map_err(|e| broken(&e))?;
        if !member.is_file() {
            continue;
        }
        // Names of Chinese archives are often GBK; the stem is only compared, the ending is ASCII.
        let (name, _, _) = match std::str::from_utf8(member.name_raw()) {
            Ok(name) => (std::borrow::Cow::Borrowed(name), encoding_rs::UTF_8, false),
            Err(_) => encoding_rs::GB18030.decode(member.name_raw()),
        };
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let ending = name.rsplit_once('.').map_or("", |(_, e)| e).to_ascii_lowercase();
        let wanted = ["shp", "dbf", "prj", "cpg", "kml", "json", "geojson"].contains(&ending.as_str());
        if !wanted || name.starts_with("._") {
            continue;
        }
        let mut content = Vec::new();
        member
            .take(left + 1)
            .read_to_end(&mut content)
            .map_err(|e| broken(&e))?;
        left = left.checked_sub(content.len() as u64).ok_or_else(|| {
            let most = limits::EXPANDED_BYTES / 1024 / 1024;
            LayerError::new(
                &name,
                format!("压缩包解开后大于 {most} MiB，未导入"),
                format!("the archive unpacks to more than {most} MiB and is refused"),
            )
        })?;
        members.push(Member {
            name,
            ending,
            content,
        });
    }
    let shapes: Vec<&Member> = members.iter().filter(|m| m.ending == "shp").collect();
    match shapes.as_slice() {
        [shape] => {
            let beside = |ending: &str| {
                members
                    .iter()
                    .find(|m| m.ending == ending && m.stem() == shape.stem())
                    .map(|m| (m.name.as_str(), m.content.as_slice()))
            };
            return shapefile::read(&shapefile::Files {
                name: &shape.name,
                shp: &shape.content,
                dbf: beside("dbf"),
                prj: beside("prj"),
                cpg: beside("cpg").map(|(_, content)| content),
            });
        }
        [] => {}
        many => {
            let names: Vec<&str> = many.iter().map(|m| m.name.as_str()).collect();
            let names = names.join("、");
            return Err(LayerError::new(
                file,
                format!("压缩包内有多个图层（{names}），请每个图层一个压缩包"),
                format!("the archive holds several layers ({names}): pack one layer in each"),
            ));
        }
    }
    let others: Vec<&Member> = members
        .iter()
        .filter(|m| ["kml", "json", "geojson"].contains(&m.ending.as_str()))
        .collect();
    // A KMZ's document is the first .kml.
    let Some(member) = others.iter().find(|m| m.ending == "kml").or(others.first()) else {
        return Err(LayerError::new(
            file,
            "压缩包内没有 .shp、.kml 或 .geojson",
            "there is no .shp, .kml or .geojson in the archive",
        ));
    };
    let mut layer = single(&member.name, &member.content)?;
    if others.len() > 1 {
        layer.warnings.push(Note::new(
            format!("压缩包内有 {} 个图层文件，只读了 {}", others.len(), member.name),
            format!(
                "of {} layer files in the archive only {} was read",
                others.len(),
                member.name
            ),
        ));
    }
    Ok(layer)
}

struct Member {
    name: String,
    ending: String,
    content: Vec<u8>,
}

impl Member {
    fn stem(&self) -> String {
        let stem = self.name.rsplit_once('.').map_or(self.name.as_str(), |(s, _)| s);
        stem.to_lowercase()
    }
}
