//! The OpenAPI document: what the handlers' attributes say, and for each operation its action, roles and error body.

use axum::Router;
use serde_json::json;
use utoipa::OpenApi;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa_axum::router::OpenApiRouter;

use model::role::Role;

use crate::authz::{self, Decision};
use crate::dto::common::Problem;
use crate::routes;
use crate::state::Context;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Huanshu 环枢",
        description = "环境监管平台接口。时间为 RFC 3339(+08:00),数值为十进制文本,缺失为 null(绝不为 0)。错误体见 Problem。\n\nTimes are RFC 3339 with +08:00, decimals are text, missing is null and never 0. Errors have the shape of Problem.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(Problem))
)]
struct Document;

/// The router of all endpoints, and the document that describes exactly them.
pub(crate) fn endpoints() -> (Router<Context>, utoipa::openapi::OpenApi) {
    let (router, mut document) = OpenApiRouter::with_openapi(Document::openapi())
        .nest("/api/v1", routes::api())
        .merge(routes::root())
        .split_for_parts();
    describe(&mut document);
    (router, document)
}

/// The document alone.
pub fn document() -> utoipa::openapi::OpenApi {
    endpoints().1
}

/// The document as committed: pretty JSON with a newline at its end.
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(&document()).unwrap_or_default();
    text.push('\n');
    text
}

/// The document as served, made once.
pub(crate) fn served() -> &'static str {
    static TEXT: std::sync::LazyLock<String> = std::sync::LazyLock::new(text);
    &TEXT
}

/// The operations of a document: method in capitals, path, operation.
pub fn operations(
    document: &mut utoipa::openapi::OpenApi,
) -> impl Iterator<Item = (&'static str, &str, &mut Operation)> {
    document.paths.paths.iter_mut().flat_map(|(path, item)| {
        [
            ("GET", item.get.as_mut()),
            ("POST", item.post.as_mut()),
            ("PUT", item.put.as_mut()),
            ("PATCH", item.patch.as_mut()),
            ("DELETE", item.delete.as_mut()),
        ]
        .into_iter()
        .filter_map(move |(method, operation)| Some((method, path.as_str(), operation?)))
    })
}

fn describe(document: &mut utoipa::openapi::OpenApi) {
    let components = document.components.get_or_insert_default();
    components.security_schemes.insert(
        "session".to_owned(),
        RefOr::T(SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(
            "huanshu_session",
        )))),
    );
    components.security_schemes.insert(
        "token".to_owned(),
        RefOr::T(SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer))),
    );
    let table = authz::table();
    for (method, path, operation) in operations(document) {
        if path.starts_with("/api/v1") {
            operation
                .responses
                .responses
                .insert("default".to_owned(), RefOr::T(problem()));
        }
        let Some(line) = table.operation(method, path) else {
            continue;
        };
        let roles: Vec<&str> = Role::ALL
            .into_iter()
            .filter(|role| authz::decide(table, &line.action, *role) != Decision::Denied)
            .map(Role::name)
            .collect();
        if !roles.contains(&Role::Public.name()) {
            let none: [&str; 0] = [];
            operation.security = Some(vec![
                SecurityRequirement::new("session", none),
                SecurityRequirement::new("token", none),
            ]);
        }
        let mut extensions = operation.extensions.take().unwrap_or_default();
        extensions.merge(
            // One extension, not two: the library keeps them in an order that changes from run to run.
            ExtensionsBuilder::new()
                .add("x-access", json!({ "action": line.action, "roles": roles }))
                .build(),
        );
        operation.extensions = Some(extensions);
    }
}

fn problem() -> utoipa::openapi::Response {
    ResponseBuilder::new()
        .description("错误 / error")
        .content(
            "application/json",
            ContentBuilder::new()
                .schema(Some(Ref::from_schema_name("Problem")))
                .build(),
        )
        .build()
}
