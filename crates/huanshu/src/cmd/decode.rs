//! `huanshu decode [FILE]`: HJ 212 frames in, one JSON line a frame out.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::fail::{Failure, Outcome};

/// Longest input: a day of a province's frames is beyond what a person decodes by hand.
const MAX_BYTES: u64 = 1024 * 1024 * 1024;

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// File with frames, with or without line breaks between them; the standard input where absent or `-`
    file: Option<PathBuf>,
}

/// Runs. Undecodable frames are part of the output, not a failure of the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let mut bytes = Vec::new();
    match arguments.file.as_deref().filter(|f| f.as_os_str() != "-") {
        Some(path) => {
            let file = std::fs::File::open(path).map_err(|e| Failure::file(path, &e))?;
            file.take(MAX_BYTES)
                .read_to_end(&mut bytes)
                .map_err(|e| Failure::file(path, &e))?;
        }
        None => {
            std::io::stdin().lock().take(MAX_BYTES).read_to_end(&mut bytes)?;
        }
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for report in hj212::report::decode_text(&bytes) {
        serde_json::to_writer(&mut out, &report)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
