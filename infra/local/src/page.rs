//! The demo page and the API reference: served from `web/dist`, and built there where they are missing or older than
//! their sources.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::any,
};
use tokio::process::Command;
use tower_http::services::ServeDir;

/// Nothing but this origin, and no script or style inside a page (Content Security Policy Level 3).
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; \
                                       frame-ancestors 'none'; object-src 'none'; \
                                       require-trusted-types-for 'script'";

/// The reference's library draws icons from `data:`, and sanitizes the HTML of descriptions by itself.
const REFERENCE_POLICY: &str = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; \
                                frame-ancestors 'none'; object-src 'none'";

/// Where the page comes from.
#[derive(Clone)]
pub(crate) struct Page {
    web: PathBuf,
    /// The text that visitors see while there is no page; `None` once there is one.
    pending: Arc<Mutex<Option<String>>>,
}

impl Page {
    /// The page in `web/` of the repository that this program was built from.
    pub(crate) fn of_this_repository() -> Self {
        let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web");
        Self { web, pending: Arc::default() }
    }

    fn dist(&self) -> PathBuf {
        self.web.join("dist")
    }

    fn set_pending(&self, pending: Option<&str>) {
        *self.pending.lock().unwrap_or_else(PoisonError::into_inner) = pending.map(str::to_owned);
    }

    fn is_stale(&self) -> bool {
        let built = modified(&self.dist().join("index.html"));
        let sources = ["src", "demo", "reference"];
        let newest = sources.iter().filter_map(|folder| newest(&self.web.join(folder))).max();
        built.is_none() || newest > built
    }

    /// Whether everything that the lock file pins is there; npm writes its own record of it last.
    fn is_installed(&self) -> bool {
        let installed = modified(&self.web.join("node_modules/.package-lock.json"));
        installed.is_some() && installed >= modified(&self.web.join("package-lock.json"))
    }

    /// Installs what the page is built with and builds it. npm's own output goes to the terminal.
    async fn build(self) {
        self.set_pending(Some("The page is being built. It will be here in a moment."));
        for arguments in [["ci", "--no-audit"].as_slice(), &["run", "build"]] {
            if arguments[0] == "ci" && self.is_installed() {
                continue;
            }
            eprintln!("Building the page: npm {} …", arguments.join(" "));
            let npm = Command::new("npm")
                .args(arguments)
                .current_dir(&self.web)
                .stdin(Stdio::null())
                .status()
                .await;
            let problem = match npm {
                Ok(status) if status.success() => continue,
                Ok(status) => format!("npm {} failed ({status}); its messages are in the terminal.", arguments.join(" ")),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    "npm was not found: install Node.js 20 or later, then start again. API and socket work without it."
                        .to_owned()
                }
                Err(error) => format!("npm could not be started: {error}"),
            };
            eprintln!("There is no page: {problem}");
            return self.set_pending(Some(&format!("There is no page. {problem}")));
        }
        eprintln!("The page is ready.");
        self.set_pending(None);
    }
}

pub(crate) fn routes(page: Page) -> Router {
    if page.is_stale() {
        tokio::spawn(page.clone().build());
    }
    serve(&page.dist())
        .layer(middleware::from_fn_with_state(page, while_pending))
        .layer(middleware::from_fn(with_security_headers))
}

/// The files of that folder. Links in notifications lead into an application that has Belfry in its pages; here, as in the
/// bucket behind CloudFront, an address without a file is unknown.
fn serve(dist: &Path) -> Router {
    Router::new().fallback_service(ServeDir::new(dist).fallback(any(no_such_page)))
}

async fn no_such_page() -> Response {
    const PAGE: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Not found</title>\
        <p>There is no page at this address. The links of notifications lead into your own application, and this demo has \
        one page only.<p><a href=\"/\">Back to the inbox</a></html>";
    (StatusCode::NOT_FOUND, Html(PAGE)).into_response()
}

async fn while_pending(State(page): State<Page>, request: Request, next: Next) -> Response {
    let pending = page.pending.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match pending {
        None => next.run(request).await,
        Some(text) => {
            let page = format!("<!doctype html><meta charset=utf-8><title>Belfry</title><p>{text}</p>");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::REFRESH, "2")], Html(page)).into_response()
        }
    }
}

async fn with_security_headers(request: Request, next: Next) -> Response {
    let policy = match request.uri().path() {
        "/reference/" => REFERENCE_POLICY,
        _ => CONTENT_SECURITY_POLICY,
    };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// When the youngest file below the folder was changed.
fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    entries
        .filter_map(
            |entry| if entry.path().is_dir() { newest(&entry.path()) } else { modified(&entry.path()) },
        )
        .max()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use lambda_http::tower::ServiceExt;

    use super::*;

    async fn status(path: &str) -> (StatusCode, Option<HeaderValue>) {
        // Any folder with a file will do.
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let response = serve(&folder).oneshot(request).await.unwrap();
        (response.status(), response.headers().get(header::CONTENT_TYPE).cloned())
    }

    #[tokio::test]
    async fn an_address_without_a_file_is_404() {
        assert_eq!(status("/page.rs").await.0, StatusCode::OK);
        let html = Some(HeaderValue::from_static("text/html; charset=utf-8"));
        for unknown in ["/nothing", "/nothing/", "/page.js", "/reports/7", "/%2e%2e/Cargo.toml"] {
            assert_eq!(status(unknown).await, (StatusCode::NOT_FOUND, html.clone()), "{unknown}");
        }
    }
}
