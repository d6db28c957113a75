//! Accepting connections: bounded in number, with a time limit for sending the header, and a shutdown that lets open
//! answers finish for a bounded time.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;
use tower::util::Oneshot;

use crate::app::App;
use crate::limits;

/// Remote address of a connection, put into every request of it.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Serves until `shutdown` resolves; then lets open answers finish for at most [`limits::SHUTDOWN_GRACE`].
pub async fn serve(
    listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let live = app.live.clone();
    let router = crate::router(app);
    let places = Arc::new(Semaphore::new(limits::MAX_CONNECTIONS));
    let graceful = GracefulShutdown::new();
    tokio::pin!(shutdown);
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            () = &mut shutdown => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, or the client went away meanwhile: neither ends the server.
                tracing::warn!(%error, "accept");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let front = Front {
            router: router.clone(),
            peer: Peer(peer),
        };
        let connection = graceful.watch(connection(stream, front));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%peer, %error, "connection");
            }
            drop(place);
        });
    }
    drop(listener);
    live.close();
    if tokio::time::timeout(limits::SHUTDOWN_GRACE, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("connections were still open at the end of the grace time");
    }
    Ok(())
}

/// The router as hyper calls it, with the remote address put into each request.
#[derive(Clone)]
struct Front {
    router: axum::Router,
    peer: Peer,
}

impl hyper::service::Service<hyper::Request<Incoming>> for Front {
    type Response = axum::response::Response;
    type Error = Infallible;
    type Future = Oneshot<axum::Router, axum::extract::Request>;

    fn call(&self, request: hyper::Request<Incoming>) -> Self::Future {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(self.peer);
        self.router.clone().oneshot(request)
    }
}

fn connection(stream: TcpStream, front: Front) -> http1::Connection<TokioIo<TcpStream>, Front> {
    // An answer is often smaller than a packet and should not wait for another one.
    let _ = stream.set_nodelay(true);
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEADER_TIMEOUT)
        .max_buf_size(limits::HEADER_BUFFER)
        .serve_connection(TokioIo::new(stream), front)
}
