//! A server on a listener, until it is stopped.

use crate::app;
use crate::parts::Parts;
use axum::Router;
use axum::http::header;
use axum::routing::get;
use axum::serve::ListenerExt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long open requests may take after `stop`.
const GRACE: Duration = Duration::from_secs(10);

/// A running server. Dropped without `stop`, it ends with the runtime.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    db: crate::Db,
}

impl Running {
    /// Serves these parts on this listener.
    pub fn start(parts: Parts, listener: TcpListener) -> io::Result<Self> {
        Self::start_with_metrics(parts, listener, None)
    }

    /// Also serves `/metrics`, on a listener of its own that the public does not reach.
    pub fn start_with_metrics(
        parts: Parts,
        listener: TcpListener,
        metrics: Option<TcpListener>,
    ) -> io::Result<Self> {
        let addr = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let (db, counters) = (parts.db.clone(), parts.metrics.clone());
        let mut tasks = vec![serve(listener, app(parts), stopped.clone())];
        if let Some(listener) = metrics {
            let page = get(move || {
                let page = Arc::clone(&counters).render();
                async move { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], page) }
            });
            tasks.push(serve(
                listener,
                Router::new().route("/metrics", page),
                stopped,
            ));
        }
        Ok(Self {
            addr,
            stop,
            tasks,
            db,
        })
    }

    /// Takes no new connections, lets open requests end, closes the database.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for mut task in self.tasks {
            if tokio::time::timeout(GRACE, &mut task).await.is_err() {
                task.abort();
            }
        }
        self.db.close().await;
    }
}

fn serve(
    listener: TcpListener,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    // Small answers must not wait for the acknowledgement of earlier ones.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move {
        let until = async move {
            // An error means that the handle is gone without `stop`: serve on.
            if stopped.wait_for(|stop| *stop).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        if let Err(error) = axum::serve(listener, service)
            .with_graceful_shutdown(until)
            .await
        {
            tracing::error!(%error, "the listener failed");
        }
    })
}
