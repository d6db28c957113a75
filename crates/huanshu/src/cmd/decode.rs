//! `huanshu decode [FILE]`: HJ 212 frames in, one JSON line a frame out.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use hj212::FrameReport;
use hj212::cipher::Key;
use model::sm4_key::Sm4Key;

use crate::fail::{Failure, Outcome};

/// Longest input: a day of a province's frames is beyond what a person decodes by hand.
const MAX_BYTES: u64 = 1024 * 1024 * 1024;

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// File with frames, with or without line breaks between them; the standard input where absent or `-`
    file: Option<PathBuf>,
    /// SM4 key for encrypted content (2025): 16 characters, or 32 hexadecimal digits. The variable keeps it out of the
    /// list of processes
    #[arg(long, value_name = "KEY", env = "HUANSHU_SM4_KEY", hide_env_values = true)]
    key: Option<String>,
}

/// Runs. Undecodable frames are part of the output, not a failure of the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let key = arguments.key.as_deref().map(str::parse::<Sm4Key>).transpose();
    let key = key.map_err(|_| {
        Failure::new(
            "--key(或 HUANSHU_SM4_KEY)应为 16 个 ASCII 字符或 32 位十六进制数字",
            "--key (or HUANSHU_SM4_KEY) is 16 ASCII characters or 32 hexadecimal digits",
        )
    })?;
    let key = key.map(|key| Key::new(key.bytes()));
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
    match &key {
        Some(key) => write(&mut out, hj212::report::decode_text_with(&bytes, key))?,
        None => write(&mut out, hj212::report::decode_text(&bytes))?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn write(out: &mut impl Write, reports: impl Iterator<Item = FrameReport>) -> Result<(), Failure> {
    for report in reports {
        serde_json::to_writer(&mut *out, &report)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
