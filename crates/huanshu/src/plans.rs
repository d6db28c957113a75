//! The plan of a profile: what it says, how it is followed, and the simulated course of the demonstration.

use std::collections::BTreeMap;
use std::path::Path;

use model::profile::Profile;
use plan::facts::Facts;
use progress::{Demo, Follow};

use crate::fail::Failure;
use crate::profiles;

/// A profile's plan.
pub(crate) struct Plan {
    /// What it says.
    pub facts: Facts,
    /// How it is followed.
    pub follow: Follow,
    /// The simulated course, where the profile has one.
    pub demo: Option<Demo>,
}

/// The plan of the profile in a folder, or of the embedded one; `None` where it has none.
pub(crate) fn load(folder: Option<&Path>, profile: &Profile) -> Result<Option<Plan>, Failure> {
    let files: BTreeMap<String, String> = profiles::files(folder)?;
    let Some(facts) = Facts::from_files(&files, &profile.units)? else {
        return Ok(None);
    };
    let follow = Follow::from_files(&files, &facts, &profile.units)?;
    let demo = Demo::from_files(&files)?;
    Ok(Some(Plan { facts, follow, demo }))
}
