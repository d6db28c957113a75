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

/// The directory and when it was read.
#[derive(Debug, Default)]
pub(crate) struct DirectoryCache {
    held: RwLock<Option<(Instant, Arc<Directory>)>>,
}

impl DirectoryCache {
    pub(crate) async fn get(&self, store: &Store) -> Result<Arc<Directory>, StoreError> {
        if let Some((read_at, directory)) = &*self.held.read().await
            && read_at.elapsed() < limits::DIRECTORY_AGE
        {
            return Ok(Arc::clone(directory));
        }
        // Several requests may read at once here; each reads the same, and the last one stays.
        let directory = Arc::new(Directory::new(store.subjects().await?));
        *self.held.write().await = Some((Instant::now(), Arc::clone(&directory)));
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
            .map(|(_, directory)| Arc::clone(directory))
    }
}
