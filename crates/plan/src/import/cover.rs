//! The pages before the plan itself: its title, its document number, and the district's name, by which projects of the
//! district are told.

use super::lines::Line;
use super::markers;
use crate::pattern::Pattern;

static QUOTED: Pattern = Pattern::new(r"《([^《》]{4,60}(?:规划|计划|方案))》");
static NUMBER: Pattern = Pattern::new(r"[\p{Han}]{2,12}[〔\[（(【]\s*20\d{2}\s*[〕\]）)】]\s*第?\d{1,4}号");
static HOME: Pattern = Pattern::new(r"^(\p{Han}{2,4}?市)?(\p{Han}{1,5}?(?:自治县|[区县市]))?");

/// What the cover tells.
#[derive(Debug, Default)]
pub(super) struct Cover {
    pub title: String,
    pub number: Option<String>,
    /// Names of the district with and without 区/县/市.
    pub home: Vec<String>,
}

/// Reads the cover.
pub(super) fn read(lines: &[Line]) -> Cover {
    let all: String = lines.iter().map(|l| markers::title(&l.s)).collect();
    // a wrapped title is one block: lines without an empty one between
    let mut blocks: Vec<String> = Vec::new();
    for line in lines {
        match blocks.last_mut() {
            Some(block) if !line.blank_before => block.push_str(&markers::title(&line.s)),
            _ => blocks.push(markers::title(&line.s)),
        }
    }
    let own = |b: &&String| {
        (b.ends_with("规划") || b.ends_with("计划")) && b.chars().count() <= 60 && !b.contains('。')
    };
    let title = QUOTED
        .captures(&all)
        .and_then(|c| Some(c.get(1)?.as_str().to_owned()))
        .or_else(|| blocks.iter().rev().find(own).cloned())
        .unwrap_or_default();
    let mut home = Vec::new();
    if let Some(c) = HOME.captures(&title) {
        for name in [c.get(1), c.get(2)].into_iter().flatten() {
            home.push(name.as_str().to_owned());
            let bare = name
                .as_str()
                .trim_end_matches("自治县")
                .trim_end_matches(['区', '县', '市']);
            if bare.chars().count() >= 2 {
                home.push(bare.to_owned());
            }
        }
    }
    Cover {
        title,
        number: blocks
            .iter()
            .find_map(|b| NUMBER.find(b))
            .map(|m| m.as_str().to_owned()),
        home,
    }
}
