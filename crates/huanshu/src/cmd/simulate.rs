//! `huanshu simulate`: the profile's demo cast speaks HJ 212 to a gateway, at any speed; same seed, same day.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use model::profile::Profile;
use model::time::{Clock, UtcMs};
use simulate::drive::{Plan, Progress, Statistics, drive};
use simulate::{Options, Simulation};

use crate::clock::SystemClock;
use crate::cmd::serve::{runtime, stop_signal};
use crate::fail::{Failure, Outcome};
use crate::profiles;

/// How far back an endless run at more than real speed begins: at 60× it lasts half a day.
const ENDLESS_MS: i64 = 30 * 86_400_000;

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Gateway, host:port
    #[arg(long, value_name = "ADDR")]
    to: String,
    /// Same seed, same day
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Simulated seconds a second; 0 is as fast as answers come
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    speed: f64,
    /// Number of devices; all of the profile's where absent
    #[arg(long, value_name = "N")]
    points: Option<usize>,
    /// Simulated time, e.g. 90m, 24h, 7d. At other than real speed the run ends at the present
    #[arg(long, value_name = "T", value_parser = duration_ms)]
    duration: Option<i64>,
    /// When the simulated time begins, e.g. 2026-11-01T00:00
    #[arg(long, value_name = "TIME", value_parser = instant)]
    start: Option<UtcMs>,
    /// Without duplicates, wrong checksums and drop-outs
    #[arg(long)]
    no_faults: bool,
    /// Profile folder; the built-in district where absent
    #[arg(long, value_name = "DIR")]
    profile: Option<PathBuf>,
}

fn instant(text: &str) -> Result<UtcMs, String> {
    UtcMs::parse(text).ok_or_else(|| format!("«{text}» 不是时间 / is not a time"))
}

/// `90m`, `24h`, `7d`, `30s` to milliseconds.
pub(crate) fn duration_ms(text: &str) -> Result<i64, String> {
    let wrong = || format!("«{text}» 不是时长,应如 90m、24h、7d / is no duration, e.g. 90m, 24h, 7d");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let scale = match unit {
        's' => 1000,
        'm' => 60_000,
        'h' => 3_600_000,
        'd' => 86_400_000,
        _ => return Err(wrong()),
    };
    let number: i64 = text
        .strip_suffix(unit)
        .and_then(|n| n.parse().ok())
        .ok_or_else(wrong)?;
    number.checked_mul(scale).filter(|ms| *ms > 0).ok_or_else(wrong)
}

/// Runs until its end or Ctrl-C.
pub(crate) fn run(arguments: Arguments) -> Outcome {
    let profile = profiles::load(arguments.profile.as_deref())?;
    runtime()?.block_on(play(arguments, profile))
}

async fn play(arguments: Arguments, profile: Profile) -> Outcome {
    let clock = Arc::new(SystemClock);
    let now = clock.now();
    let real = (arguments.speed - 1.0).abs() < f64::EPSILON;
    let start = arguments.start.unwrap_or_else(|| match arguments.duration {
        _ if real => now,
        Some(length) => now.plus_ms(-length),
        None => now.plus_ms(-ENDLESS_MS),
    });
    let options = Options {
        points: arguments.points,
        realtime_from: start,
        present: start,
        faults: !arguments.no_faults,
        ..Options::watched_from(start)
    };
    let simulation = Simulation::new(&profile, arguments.seed, start, options)?;
    let until = arguments.duration.map(|length| start.plus_ms(length));
    let plan = Plan {
        fast_until: start,
        speed: arguments.speed,
        until,
        ..Plan::in_step(arguments.to.clone(), start)
    };
    let progress = Arc::new(Progress::default());
    let shown = tokio::spawn(show(Arc::clone(&progress)));
    let statistics = drive(simulation, plan, clock, progress, stop_signal()).await?;
    shown.abort();
    print(&statistics);
    if statistics.given_up > 0 {
        return Err(Failure::new(
            format!("{} 个数据包一直没有得到应答", statistics.given_up),
            format!("{} frames were never answered", statistics.given_up),
        ));
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(progress: Arc<Progress>) {
    loop {
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        print(&progress.snapshot());
    }
}

fn print(s: &Statistics) {
    println!(
        "sent {}  acknowledged {}  resent {}  given up {}  connections {}  p50 {:?}  p99 {:?}",
        s.sent, s.acknowledged, s.resent, s.given_up, s.connections, s.p50, s.p99
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration_ms("90m"), Ok(5_400_000));
        assert_eq!(duration_ms("7d"), Ok(604_800_000));
        for bad in ["", "h", "5", "-1h", "1y", "9999999999999d"] {
            assert!(duration_ms(bad).is_err(), "{bad}");
        }
    }
}
