//! What must hold of a workbook before it is opened: it is one, and it does not unfold beyond the bounds.

use std::io::{BufReader, Read, Seek};

use super::{SheetError, limits};

/// A packed workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packed {
    Xlsx,
    Ods,
}

/// The answer to a file that is no table.
pub(super) fn unknown() -> SheetError {
    SheetError::new(
        "format",
        "不是表格文件；请上传 .xlsx、.xls、.ods 或 .csv",
        "this is no table; upload .xlsx, .xls, .ods or .csv",
    )
}

fn unfolds() -> SheetError {
    let mib = limits::EXPANDED_BYTES >> 20;
    SheetError::large(
        &format!("文件解压后超过 {mib} MiB"),
        &format!("the file unfolds to more than {mib} MiB"),
    )
}

/// Walks a packed workbook once: what it is, and that all of it unfolds to no more than the bound, whatever its
/// directory says.
pub(super) fn packed<R: Read + Seek>(file: R) -> Result<Packed, SheetError> {
    let mut zip = zip::ZipArchive::new(BufReader::new(file)).map_err(|e| SheetError::damaged(&e))?;
    if zip.len() > limits::ENTRIES {
        return Err(unfolds());
    }
    let kind = if zip.index_for_name("xl/workbook.xml").is_some() {
        Packed::Xlsx
    } else if zip.index_for_name("content.xml").is_some() {
        Packed::Ods
    } else if zip.index_for_name("xl/workbook.bin").is_some() {
        return Err(SheetError::new(
            "format",
            "不支持 .xlsb；请另存为 .xlsx",
            ".xlsb is not read; save it as .xlsx",
        ));
    } else {
        return Err(unknown());
    };
    let mut left = limits::EXPANDED_BYTES;
    for n in 0..zip.len() {
        let entry = zip.by_index(n).map_err(|e| SheetError::damaged(&e))?;
        let mut entry = entry.take(left + 1);
        let size = std::io::copy(&mut entry, &mut std::io::sink()).map_err(|e| SheetError::damaged(&e))?;
        left = left.checked_sub(size).ok_or_else(unfolds)?;
    }
    Ok(kind)
}

/// Records of the old binary format that hold a cell: row and column stand first in each.
const CELL_RECORDS: [u16; 10] = [
    0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E,
];
const BEGIN_OF_SHEET: u16 = 0x0809;

/// A little-endian word of a record; 0 beyond its end.
fn word(record: &[u8], at: usize) -> u16 {
    match record.get(at..at + 2) {
        Some([low, high]) => u16::from_le_bytes([*low, *high]),
        _ => 0,
    }
}

/// Walks the records of an old workbook once, so that no cell in a far corner makes a huge sheet of a small file.
pub(super) fn compound<R: Read + Seek>(file: R) -> Result<(), SheetError> {
    let mut folder = cfb::CompoundFile::open(file).map_err(|e| SheetError::damaged(&e))?;
    if folder.exists("/EncryptedPackage") {
        return Err(SheetError::new(
            "encrypted",
            "文件已加密；请去除密码后上传",
            "the file is encrypted; remove its password",
        ));
    }
    let name = ["/Workbook", "/Book", "/WORKBOOK", "/BOOK"]
        .into_iter()
        .find(|n| folder.is_stream(n))
        .ok_or_else(unknown)?;
    let stream = folder.open_stream(name).map_err(|e| SheetError::damaged(&e))?;
    let mut stream = BufReader::new(stream);
    let (mut rows, mut columns, mut held) = (0_usize, 0_usize, 0_usize);
    let mut head = [0_u8; 4];
    let mut body = Vec::new();
    while stream.read_exact(&mut head).is_ok() {
        let kind = word(&head, 0);
        let length = word(&head, 2);
        body.clear();
        (&mut stream)
            .take(u64::from(length))
            .read_to_end(&mut body)
            .map_err(|e| SheetError::damaged(&e))?;
        if kind == BEGIN_OF_SHEET {
            (rows, columns) = (0, 0);
        }
        if CELL_RECORDS.contains(&kind) && body.len() >= 4 {
            let before = rows * columns;
            rows = rows.max(usize::from(word(&body, 0)) + 1);
            // A run of cells says its last column at its end.
            let last = match kind {
                0x00BD | 0x00BE => word(&body, body.len() - 2),
                _ => 0,
            };
            columns = columns.max(usize::from(word(&body, 2).max(last)) + 1);
            held += rows * columns - before;
            // Formulas are held beside the values.
            if held > limits::CELLS / 2 {
                return Err(super::data::too_many_cells());
            }
        }
    }
    Ok(())
}
