//! The router: every endpoint behind the guard, the pages beside it, and what holds for all answers.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::app::App;
use crate::error::{ApiError, Code, pages as error_pages};
use crate::state::Shared;
use crate::{guard, limits, observe, openapi, pages};

/// Nothing from elsewhere: no script, style, picture, font or connection of a foreign origin, and no frame around us.
/// Styles may stand in the page, for the component library writes some; MapLibre makes its pictures as blobs.
const CONTENT_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; \
     base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), geolocation=(self), microphone=()",
    ),
];

/// The whole HTTP side as one service.
pub fn router(app: App) -> Router {
    let ctx = Shared::new(app);
    let (endpoints, _) = openapi::endpoints();
    let endpoints = endpoints
        .route_layer(from_fn_with_state(ctx.clone(), guard::guard))
        .method_not_allowed_fallback(|| async { ApiError::from(Code::MethodNotAllowed) });
    let mut router = endpoints
        .route("/docs/errors/{code}", get(error_pages::serve))
        .fallback(pages::serve)
        .layer(DefaultBodyLimit::max(limits::MAX_BODY))
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(ctx.clone(), observe::observe))
                .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
                    axum::response::IntoResponse::into_response(ApiError::internal(&"a handler panicked"))
                })),
        )
        // Around everything: it must see the whole answer. The live channel is left out by its content type.
        .layer(CompressionLayer::new());
    for (name, value) in HEADERS {
        router = router.layer(SetResponseHeaderLayer::if_not_present(
            name,
            HeaderValue::from_static(value),
        ));
    }
    // What an endpoint answers is nobody else's to keep, unless it says otherwise.
    router
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .with_state(ctx)
}
