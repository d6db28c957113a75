//! What the handlers share.

use std::sync::Arc;

/// Shared by all handlers.
pub(crate) type Context = Arc<Shared>;

/// The shared things.
pub(crate) struct Shared {}
