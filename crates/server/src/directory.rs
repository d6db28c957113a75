//! The subjects by row and by code, read from memory for a few seconds: nearly every answer names some of them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use model::ids::{SubjectCode, SubjectId};
use model::subject::Subject;
use store::Store;
use store::error::StoreError;
use tokio::sync::RwLock;

use crate::authz::sight::Sight;
use crate::dto::common::SubjectRef;
use crate::limits;

/// All subjects.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    rows: HashMap<SubjectId, Subject>,
    codes: HashMap<SubjectCode, SubjectId>,
}

impl Directory {
    pub(crate) fn new(subjects: Vec<Subject>) -> Self {
        Self {
            codes: subjects.iter().map(|s| (s.spec.code.clone(), s.id)).collect(),
            rows: subjects.into_iter().map(|s| (s.id, s)).collect(),
        }
    }

    pub(crate) fn get(&self, id: SubjectId) -> Option<&Subject> {
        self.rows.get(&id)
    }

    pub(crate) fn by_code(&self, code: &SubjectCode) -> Option<&Subject> {
        self.get(*self.codes.get(code)?)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Subject> {
        self.rows.values()
    }

    pub(crate) fn parent(&self, subject: &Subject) -> Option<&Subject> {
        self.by_code(subject.spec.parent.as_ref()?)
    }

    /// Whether a subject lies in sight; an unknown one does not, unless everything does.
    pub(crate) fn sees(&self, sight: &Sight, id: SubjectId) -> bool {
        match self.get(id) {
            Some(subject) => sight.sees(&subject.spec, self.parent(subject).map(|p| &p.spec)),
            None => sight.is_all(),
        }
    }

    pub(crate) fn reference(&self, id: SubjectId) -> Option<SubjectRef> {
        self.get(id).map(reference)
    }

    /// Chinese name; a subject that vanished still gets a name.
    pub(crate) fn name(&self, id: SubjectId) -> String {
        self.get(id)
            .map_or_else(|| format!("#{id}"), |s| s.spec.zh.clone())
    }
}

pub(crate) fn reference(subject: &Subject) -> SubjectRef {
    SubjectRef {
        id: subject.id,
        code: subject.spec.code.clone(),
        zh: subject.spec.zh.clone(),
        en: subject.spec.en.clone(),
    }
}

/// The directory, when it was read, and how many devices had been told of by then.
#[derive(Debug)]
struct Held {
    read_at: Instant,
    devices: u64,
    directory: Arc<Directory>,
}

/// The directory as it was read last.
#[derive(Debug, Default)]
pub(crate) struct DirectoryCache {
    held: RwLock<Option<Held>>,
}

impl DirectoryCache {
    /// The directory; read anew when it is old, or when a device was told of since: `devices` counts those.
    pub(crate) async fn get(&self, store: &Store, devices: u64) -> Result<Arc<Directory>, StoreError> {
        if let Some(held) = &*self.held.read().await
            && held.read_at.elapsed() < limits::DIRECTORY_AGE
            && held.devices == devices
        {
            return Ok(Arc::clone(&held.directory));
        }
        // Several requests may read at once here; each reads the same, and the last one stays.
        let directory = Arc::new(Directory::new(store.subjects().await?));
        *self.held.write().await = Some(Held {
            read_at: Instant::now(),
            devices,
            directory: Arc::clone(&directory),
        });
        Ok(directory)
    }

    /// Forgets: the next request reads anew.
    pub(crate) async fn forget(&self) {
        *self.held.write().await = None;
    }

    /// What is held now, however old; for the live channel, which must not wait.
    pub(crate) async fn held(&self) -> Option<Arc<Directory>> {
        self.held
            .read()
            .await
            .as_ref()
            .map(|held| Arc::clone(&held.directory))
    }
}
