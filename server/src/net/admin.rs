//! The operator's port: whether the server works, what it counts, the end of a user's logins, users that are
//! made before their first login, and the removal of files that no message names.
//!
//! Health and metrics contain nothing about users and need no authentication. A request that changes something proves
//! that they can read the data folder, by the token in its file `admin`.

use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use metrics_exporter_prometheus::PrometheusHandle;
use subtle::ConstantTimeEq as _;
use tim_protocol::profile::ProfileFields;
use tim_protocol::{Code, Fault, UserId};
use tokio::time::timeout;

use super::context::ServerContext;
use super::query::query;
use crate::core::ops::{MediaSum, PutUser, Query, Write};
use crate::data::Admin;
use crate::response::{Body, fault, full, json};

/// How long disk and bucket may take before the server counts as unhealthy.
const HEALTH_WITHIN: Duration = Duration::from_secs(5);

/// The responses of the operator's port.
pub(super) struct Routes {
    pub(super) shared: Arc<ServerContext>,
    pub(super) metrics: PrometheusHandle,
    pub(super) admin: Admin,
}

impl Routes {
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        match (request.method(), request.uri().path()) {
            (&Method::GET, "/healthz") => self.health().await,
            (&Method::GET, "/metrics") => {
                self.metrics.run_upkeep();
                self.shared.observe();
                let mut answer = Response::new(full(self.metrics.render()));
                let kind = HeaderValue::from_static("text/plain; version=0.0.4");
                answer.headers_mut().insert(header::CONTENT_TYPE, kind);
                answer
            }
            (&Method::POST, "/kick") if self.is_operator(&request) => self.kick(&request).await,
            (&Method::POST, "/user") if self.is_operator(&request) => self.put_user(&request).await,
            (&Method::POST, "/media/clean") if self.is_operator(&request) => self.clean(&request).await,
            (&Method::POST, "/kick" | "/user" | "/media/clean") => {
                let text = "the token is missing or wrong: it is in the data folder's file \"admin\"";
                fault(StatusCode::FORBIDDEN, &Fault::with_text(Code::BAD_REQUEST, text))
            }
            _ => {
                let text =
                    "there are GET /healthz, GET /metrics, POST /kick, POST /user and POST /media/clean";
                fault(StatusCode::NOT_FOUND, &Fault::with_text(Code::BAD_REQUEST, text))
            }
        }
    }

    /// Healthy means that the database can be read, and that a change reaches the disk in time.
    async fn health(&self) -> Response<Body> {
        let store = &self.shared.store;
        let looked = async {
            store.query(Query::App { app: 0 }).await?;
            store.write(Write::Probe).await
        };
        // At once, so that nobody waits for one bound after the other.
        match tokio::join!(timeout(HEALTH_WITHIN, looked), self.media()) {
            (Ok(Ok(_)), Ok(())) => json(StatusCode::OK, &serde_json::json!({ "status": "ok" })),
            (Ok(Ok(_)), Err(media)) => {
                json(StatusCode::OK, &serde_json::json!({ "status": "ok", "media": media }))
            }
            (Ok(Err(why)), _) => fault(StatusCode::SERVICE_UNAVAILABLE, &why),
            (Err(_), _) => fault(StatusCode::SERVICE_UNAVAILABLE, &Fault::new(Code::BUSY)),
        }
    }

    /// Whether files can be had. It stands beside the health of chat, because a bucket that is away is no reason to end a server.
    async fn media(&self) -> Result<(), String> {
        let looked = timeout(HEALTH_WITHIN, self.shared.media.check()).await;
        looked.unwrap_or_else(|_| Err("the store of files does not answer in time".to_owned()))
    }

    fn is_operator(&self, request: &Request<Incoming>) -> bool {
        let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        given.as_bytes().ct_eq(self.admin.token.as_bytes()).into()
    }

    async fn clean(&self, request: &Request<Incoming>) -> Response<Body> {
        let Some(kept_s) = query(request.uri(), "kept_s").and_then(|kept| kept.parse::<u32>().ok()) else {
            let text = "say how long files stay that no message names: POST /media/clean?kept_s=SECONDS";
            return fault(StatusCode::BAD_REQUEST, &Fault::with_text(Code::BAD_REQUEST, text));
        };
        match self.shared.clean_media(Duration::from_secs(kept_s.into())).await {
            Ok(MediaSum { files, bytes }) => {
                json(StatusCode::OK, &serde_json::json!({ "files": files, "bytes": bytes }))
            }
            Err(why) => fault(StatusCode::SERVICE_UNAVAILABLE, &why),
        }
    }

    async fn put_user(&self, request: &Request<Incoming>) -> Response<Body> {
        let value = |name| query(request.uri(), name);
        let app = value("app").and_then(|app| app.parse().ok());
        let user = value("user").and_then(|user| UserId::new(&user).ok());
        let (Some(app), Some(user)) = (app, user) else {
            let text = "name the user: POST /user?app=SDKAppID&user=userID, with nick and avatar if you like";
            return fault(StatusCode::BAD_REQUEST, &Fault::with_text(Code::BAD_REQUEST, text));
        };
        let fields =
            ProfileFields { nick: value("nick"), avatar: value("avatar"), ..ProfileFields::default() };
        let put = match PutUser::checked(app, user, fields, self.shared.now().wall) {
            Ok(put) => Write::PutUser(Box::new(put)),
            Err(why) => return fault(StatusCode::BAD_REQUEST, &why),
        };
        match self.shared.store.write(put).await {
            Ok(_) => json(StatusCode::OK, &serde_json::json!({})),
            Err(why) => fault(refused(&why), &why),
        }
    }

    async fn kick(&self, request: &Request<Incoming>) -> Response<Body> {
        let app = query(request.uri(), "app").and_then(|app| app.parse().ok());
        let user = query(request.uri(), "user").and_then(|user| UserId::new(&user).ok());
        let (Some(app), Some(user)) = (app, user) else {
            let text = "name the user: POST /kick?app=SDKAppID&user=userID";
            return fault(StatusCode::BAD_REQUEST, &Fault::with_text(Code::BAD_REQUEST, text));
        };
        match self.shared.store.write(Write::Kick { app, user }).await {
            Ok(_) => json(StatusCode::OK, &serde_json::json!({})),
            Err(why) => fault(refused(&why), &why),
        }
    }
}

/// The status of a refused change: one that may be tried again is no fault of the request.
fn refused(why: &Fault) -> StatusCode {
    if why.code.is_retryable() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::BAD_REQUEST }
}
