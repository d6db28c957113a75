//! What the handlers share.

use std::sync::Arc;

use model::time::UtcMs;
use store::error::StoreError;
use store::people::People;
use tokio::sync::Semaphore;

use crate::app::App;
use crate::directory::{Directory, DirectoryCache};
use crate::dto::map::LayerInfo;
use crate::error::{ApiError, Code, Result};
use crate::field::Fields;
use crate::ground::Ground;
use crate::limits;
use crate::metrics::Metrics;
use crate::secrets::Gate;

/// Shared by all handlers.
pub(crate) type Context = Arc<Shared>;

/// The shared things.
pub(crate) struct Shared {
    pub(crate) app: App,
    pub(crate) people: People,
    pub(crate) directory: DirectoryCache,
    pub(crate) metrics: Metrics,
    pub(crate) passwords: Gate,
    pub(crate) evaluations: Arc<Semaphore>,
    pub(crate) transfers: Arc<Semaphore>,
    pub(crate) layers: Vec<LayerInfo>,
    pub(crate) ground: Arc<Ground>,
    pub(crate) fields: Fields,
}

impl Shared {
    pub(crate) fn new(app: App) -> Context {
        let metrics = Metrics::new(app.live.clone(), app.options.sources.clone());
        Arc::new(Self {
            people: app.store.people(),
            directory: DirectoryCache::default(),
            metrics,
            passwords: Gate::default(),
            layers: crate::routes::layers(&app.profile),
            ground: Arc::new(Ground::new(&app.profile)),
            fields: Fields::default(),
            evaluations: Arc::new(Semaphore::new(limits::EVALUATIONS_AT_ONCE)),
            transfers: Arc::new(Semaphore::new(limits::TRANSFERS_AT_ONCE)),
            app,
        })
    }

    pub(crate) fn now(&self) -> UtcMs {
        self.app.clock.now()
    }

    pub(crate) async fn directory(&self) -> Result<Arc<Directory>> {
        Ok(self
            .directory
            .get(&self.app.store, self.app.live.devices_told())
            .await?)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::NotFound { .. } => Code::NotFound.into(),
            StoreError::Conflict { why, .. } => bilingual(Code::Conflict, why),
            StoreError::TooMuch { .. } => bilingual(Code::RangeTooLarge, &error.to_string()),
            _ if error.retryable() => {
                tracing::warn!(%error, "store unavailable");
                Code::StoreUnavailable.into()
            }
            _ => Self::internal(&error),
        }
    }
}

/// The store's words are «中文 / English».
fn bilingual(code: Code, words: &str) -> ApiError {
    let (zh, en) = words.split_once(" / ").unwrap_or((words, words));
    ApiError::new(code, zh, en)
}
